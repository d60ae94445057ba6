// Compiled write barriers: the test of the flag, the call that records, the words it records, the stores it guards.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
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
  Reg reg = Reg::rax;                  ///< reg
  std::optional<Reg> base, index;      ///< memory, address
  unsigned scale = 1;
  std::int64_t displacement = 0;       ///< immediate: its value
  std::optional<FileAddr> absolute;    ///< memory, address: relative to RIP
  /// How often the registers had been written since the sequence began: the same text means the same only where these
  /// agree.
  std::uint32_t reg_version = 0, base_version = 0, index_version = 0;
};
bool same_place(const BarrierOperand& a, const BarrierOperand& b);
/// As Go's assembler writes it: "CX", "0x10(AX)(CX*8)", "main.x(SB)", "$main.x(SB)". `name` may be empty.
std::string operand_text(const BarrierOperand& operand, const std::function<std::string(FileAddr)>& name);

struct BarrierRecord {
  BarrierRole role = BarrierRole::value;
  BarrierOperand source;
  std::uint64_t at = 0;  ///< offset of the instruction that records it
};

struct BarrierStore {
  std::uint64_t at = 0;
  BarrierOperand slot;
};

/// One instruction of a sequence, and how often each register has been written before it.
struct BarrierStep {
  std::uint64_t at = 0;
  std::array<std::uint32_t, 16> versions{};
};

/// One call of a barrier routine. Offsets count from the function's entry.
struct BarrierSite {
  std::uint64_t call = 0, call_end = 0;
  FileAddr routine;
  BarrierRoutine what;
  std::optional<std::uint64_t> test;   ///< of the flag's CMPL; absent: not found
  std::vector<BarrierRecord> records;  ///< in the order of the buffer
  std::vector<BarrierStore> stores;    ///< that it guards; of form pair: what the routine itself does
  std::vector<BarrierStep> steps;      ///< every instruction of the sequence as it runs, up to the last guarded store
  bool decoded() const { return what.form == BarrierRoutine::Form::bulk || records.size() == what.words; }
};

using RoutineAt = std::function<std::optional<BarrierRoutine>(FileAddr)>;

/// Every barrier call of a function. `flag`: runtime.writeBarrier; where it is not known any comparison of a variable with
/// 0 may be the test.
std::vector<BarrierSite> barrier_sites(Bytes function, FileAddr entry, const RoutineAt& routine_at, std::optional<FileAddr> flag);

}  // namespace lldbgo
