// From an address to the stack it lies on: whose, which frame, which slot.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/sched/go_process.h"
#include "core/sched/scheduler.h"
#include "core/unwind/stack.h"

namespace lldbgo {

struct StackPlace {
  StackKind kind = StackKind::goroutine;
  std::optional<std::int64_t> goroutine;
  std::optional<ThreadId> thread;
  Range<LoadAddr> stack;
  bool below_sp = false;          ///< nothing of the stack's owner lies there now
  std::string frame;              ///< function; "" no frame is known there
  std::string slot;               ///< "s.ptr"; "" none is named
  std::string slot_kind;          ///< "spill", "return_address"; "" unknown
  std::uint64_t slot_offset = 0;  ///< of the address in the slot
  std::string type;               ///< of the slot; "" unknown
  std::string problem;            ///< why frames are missing; "" they are not
};

/// A reader of one stop; keeps the stacks that it has walked.
class StackPlaces {
 public:
  /// Both must outlive the object.
  StackPlaces(GoProcess& process, const Scheduler& scheduler) : process_(process), scheduler_(scheduler) {}

  /// Absent: no goroutine has its stack there.
  std::optional<StackPlace> goroutine(LoadAddr at);
  /// The stacks of threads: g0's, the signal handler's, and those of threads that Go does not know. `region` is what
  /// the host says of the address, absent where it lies in the heap: there the bounds that the runtime keeps are exact.
  /// Absent: none.
  std::optional<StackPlace> thread(LoadAddr at, const std::optional<MemoryRegion>& region);

 private:
  void find_frame(const Stack& stack, LoadAddr at, StackPlace& place);
  const Stack* stack_of(const Goroutine& g);

  GoProcess& process_;
  const Scheduler& scheduler_;
  std::optional<std::vector<Goroutine>> goroutines_;  // by address of their stacks
  std::map<LoadAddr, std::optional<Stack>> stacks_;   // by g
};

}  // namespace lldbgo
