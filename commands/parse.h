// Command lines, by CLI11 from a command's declaration.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace lldbgo {

/// The options every command has: --json, --color, --help.
const std::vector<OptionSpec>& common_options();
/// "goroutine" of "-g,--goroutine".
std::string_view option_key(const OptionSpec& option);

/// Errors: invalid_argument, with the command's --help as hint.
Result<Options> parse_arguments(const Command& command, const std::vector<std::string>& arguments);

}  // namespace lldbgo
