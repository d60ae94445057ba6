// The write barriers of a program's code, and how far a thread has got with one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/heap/write_barrier_buffer.h"
#include "core/insn/write_barrier.h"
#include "core/sched/go_process.h"

namespace lldbgo {

/// Of one file. Functions are decoded when they are asked for.
class BarrierCode {
 public:
  /// `image` must outlive the object.
  explicit BarrierCode(const GoImage& image);

  /// Sites of the function, in the order of its code.
  const std::vector<BarrierSite>& sites(const Func& func);
  /// The routine that starts at `entry`; absent: none does.
  std::optional<BarrierRoutine> routine(FileAddr entry) const;
  /// Where a barrier of this program may be entered: the routines that it has.
  std::vector<FileAddr> entries() const;
  /// A function that compiled code calls as a barrier, or the flush.
  static bool is_routine(std::string_view function);

 private:
  const GoImage& image_;
  std::optional<FileAddr> flag_;
  std::map<FileAddr, BarrierRoutine> routines_;
  std::map<FileAddr, std::vector<BarrierSite>> sites_;  // by entry of the function
};

/// Index of the instruction at `offset` in the site's sequence; absent: it is not part of it.
std::optional<std::size_t> step_of(const BarrierSite& site, std::uint64_t offset);

/// The value of record `index` for a thread that stands before step `step`: what is in the buffer already, or what
/// registers and memory hold now and nothing before the record changes. Absent: not to be told here.
std::optional<std::uint64_t> record_value(GoProcess& process, const BarrierSite& site, std::size_t index,
                                          std::size_t step, const Registers& registers);

/// Tells the roles of the words that the thread of a P is just recording (1.21 and newer), and which of them it has
/// reserved but not written.
void deduce_roles(GoProcess& process, BarrierCode& code, const Processor& p, std::vector<BarrierWord>& words);

}  // namespace lldbgo
