// Compiled write barriers: the test of the flag, the call that records, the words it records, the stores it guards.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
#include "core/insn/barrier_words.h"

namespace lldbgo {

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

/// Every barrier call of a function. `flag`: runtime.writeBarrier; where it is not known any comparison of a variable
/// with 0 may be the test.
std::vector<BarrierSite> barrier_sites(Bytes function, FileAddr entry, const RoutineAt& routine_at,
                                       std::optional<FileAddr> flag);

}  // namespace lldbgo
