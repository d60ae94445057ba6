// go-wb break.
#pragma once

#include "commands/command.h"

namespace lldbgo {

/// Breakpoints at the routines, with --function at its barrier calls, with --flush where a buffer is flushed.
Result<Output> break_at_barriers(Context& context, const Options& options);

}  // namespace lldbgo
