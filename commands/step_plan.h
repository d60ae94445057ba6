// Where a step of a goroutine may end, from its stack and Go's own tables.
//
// Nothing is stepped instruction by instruction, because the goroutine may go on on another OS thread at every call.
// Instead the process runs until this goroutine, in this frame or one further out, comes to
//   - the first instruction of another line of the function, or an instruction of one that a jump leads to; bodies that
//     were inlined are calls, so only go-step looks into those that the goroutine does not stand in,
//   - a return address of its stack: of the caller, and of the callers' callers, for a panic that one of them recovers,
//   - the first instruction behind the prologue of a function that the line calls (go-step),
//   - runtime.goexit1 or runtime.fatalpanic: the end of the goroutine or of the program.
#pragma once

#include "commands/command.h"
#include "commands/execution.h"
#include "core/unwind/stack.h"

namespace lldbgo {

enum class StepMode {
  next,    ///< over calls, inlined ones too
  step,    ///< into them
  finish,  ///< out of the function, or out of the body that was inlined
};

/// For the goroutine of the selected thread. Errors: those of Host::scheduler(), not_found (no goroutine there),
/// unreadable.
Result<StepPlan> plan_step(Host& host, StepMode mode);

/// The frame of a stack that steps are about: the innermost one outside the runtime, else the innermost of the
/// goroutine.
const PhysicalFrame* stepping_frame(const Stack& stack);

}  // namespace lldbgo
