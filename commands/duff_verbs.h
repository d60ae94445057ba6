// The verbs of go-duff.
#pragma once

#include "commands/command.h"

namespace lldbgo {

Result<Output> duff_explain(Context& context, const Options& options);
Result<Output> duff_list(Context& context, const Options& options);
Result<Output> duff_table(Context& context, const Options& options);
Result<Output> duff_step(Context& context, const Options& options);
Result<Output> duff_break(Context& context, const Options& options);

}  // namespace lldbgo
