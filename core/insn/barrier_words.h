// The words a write barrier records: who records them, which side of a store they are, where the code takes them from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/address.h"
#include "core/target/threads.h"

namespace lldbgo {

enum class BarrierRole {
  new_value,  ///< what a store puts into its slot
  old_value,  ///< what the slot held before
  value,      ///< one of the two: the code that recorded it is not known
};
const char* barrier_role_name(BarrierRole role);  ///< "new"|"old"|"value"

/// What a routine of the runtime does when compiled code calls it as a barrier.
struct BarrierRoutine {
  enum class Form {
    pair,   ///< gcWriteBarrier, ...CX: until 1.20; records `value` and the slot at DI, and stores
    words,  ///< gcWriteBarrier1..8: from 1.21 on; makes room for `words` words, whose address it leaves in R11
    bulk,   ///< typedmemmove, wbMove, ...: records all pointers of a block of memory
  } form = Form::pair;
  Reg value = Reg::rax;
  unsigned words = 2;  ///< 0 for bulk
};
/// Every name of a routine.
const std::vector<std::string_view>& barrier_routine_names();
/// By the routine's name ("runtime.gcWriteBarrierCX"); absent: it is none.
std::optional<BarrierRoutine> barrier_routine(std::string_view name);

/// Where a word comes from, or goes to.
struct BarrierOperand {
  enum class Kind { unknown, reg, memory, address, immediate } kind = Kind::unknown;
  Reg reg = Reg::rax;              ///< reg
  std::optional<Reg> base, index;  ///< memory, address
  unsigned scale = 1;
  std::int64_t displacement = 0;     ///< immediate: its value
  std::optional<FileAddr> absolute;  ///< memory, address: relative to RIP
  /// How often the registers had been written since the sequence began: the same text means the same only where these
  /// agree.
  std::uint32_t reg_version = 0, base_version = 0, index_version = 0;
};
bool same_place(const BarrierOperand& a, const BarrierOperand& b);
/// As Go's assembler writes it: "CX", "0x10(AX)(CX*8)", "main.x(SB)", "$main.x(SB)". `name` may be empty.
std::string operand_text(const BarrierOperand& operand, const std::function<std::string(FileAddr)>& name);

}  // namespace lldbgo
