// Call frame information for the frames at which a Go stack continues on another one, in plain DWARF: no debugger has
// to know Go to follow it.
//
//   systemstack, morestack   the goroutine is m.curg of the thread whose g0 stack SP lies on. The expression looks for
//   it in
//                            runtime.allm; the goroutine's SP (and for morestack pc and BP) is in g.sched.
//   mcall                    pushed the goroutine right above fn's frame; it counts while it is still that thread's
//   m.curg.
//                            Once fn has let go of it the stack ends.
//   asmcgocall               left the goroutine and its depth below g.stack.hi on g0.
//   sigtramp                 the kernel's record of the interrupted registers lies above its return address (ucontext).
//   sigpanic, asyncPreempt   are pushed by a signal handler, so the pc they return to was about to execute: their
//   entries say
//                            that they are signal frames (augmentation "S").
//
// The rules of core/unwind/go_rules.cpp, at the return address of the call that is made on the other stack.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/gofacts/go_image.h"

namespace lldbgo {

/// DWARF call frame instructions that replace the ordinary rules in [begin, end), offsets from the function's entry.
struct FrameRules {
  std::uint64_t begin = 0, end = 0;
  std::vector<std::byte> program;
};

struct SpecialFrame {
  bool signal_frame = false;
  std::vector<FrameRules> rules;  ///< in order, not overlapping
};

class StackSwitches {
 public:
  /// `image` must outlive the object. What its tables or symbols do not tell is left to the ordinary rules.
  explicit StackSwitches(const GoImage& image);

  /// nullptr for all but a few functions.
  const SpecialFrame* at(FileAddr entry) const {
    auto found = frames_.find(entry);
    return found == frames_.end() ? nullptr : &found->second;
  }

 private:
  std::map<FileAddr, SpecialFrame> frames_;
};

}  // namespace lldbgo
