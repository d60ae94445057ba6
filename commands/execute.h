// Runs one command line and answers with what to print.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace lldbgo {

struct Reply {
  bool ok = true;
  std::string output;  ///< ends with a newline, or is empty
  std::string error;   ///< `<what>: <why>; <what to do>` where not ok
};

Reply execute(const Command& command, Host& host, const std::vector<std::string>& arguments);

/// The reply to a failure outside a command's run: the same shape.
Reply failed(const Error& error, bool json);

}  // namespace lldbgo
