// Which stack and which frame a command is about: what -g and -f say, else what is selected in the debugger.
#pragma once

#include <cstddef>
#include <vector>

#include "commands/command.h"
#include "core/unwind/unwinder.h"

namespace lldbgo {

inline constexpr std::size_t kDefaultFrameLimit = 1000;

OptionSpec goroutine_option();  ///< -g ID
OptionSpec frame_option();      ///< -f N

/// The stack of -g's goroutine or of the selected thread, with about `limit` visible frames. What was odd about it
/// becomes a problem of the context. Errors: those of Host::scheduler(), not_found, unreadable.
Result<Stack> choose_stack(Context& context, const Options& options, std::size_t limit);

struct SelectedThread {
  GoProcess* process = nullptr;
  const Scheduler* scheduler = nullptr;
  ThreadId id;
  Stack stack;
};

/// The selected thread and at least its `limit` innermost frames. Errors: those of Host::scheduler(), not_found.
Result<SelectedThread> selected_thread(Host& host, std::size_t limit = UnwindOptions{}.limit);

/// Index into `visible` of -f's frame; else of the frame selected in the debugger; where the stack has no such frame, 0
/// and a problem of the context. Errors: not_found.
Result<std::size_t> choose_frame(Context& context, const Options& options, const Stack& stack,
                                 const std::vector<VisibleFrame>& visible);

/// Physical frames to ask of the unwinder for `visible` lines of go-bt: some frames are hidden wrappers.
std::size_t physical_limit(std::size_t visible);

}  // namespace lldbgo
