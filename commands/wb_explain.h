// go-wb explain: the write barriers of the code at an address.
#pragma once

#include "commands/command.h"

namespace lldbgo {

/// `address` as go-where takes it; "" for where the selected frame stands. Without a process the address is one of the
/// file.
Result<Output> explain_barriers(Context& context, const std::string& address);

}  // namespace lldbgo
