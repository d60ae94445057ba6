// --help and docs/commands.md, both from a command's declaration.
#pragma once

#include <string>
#include <vector>

#include "commands/command.h"

namespace lldbgo {

/// "go-bt [-g ID | --all] [--limit N] ..."
std::string usage(const Command& command);
Document help(const Command& command, std::size_t width);
/// A Markdown page of all commands.
std::string markdown(const std::vector<const Command*>& commands);

}  // namespace lldbgo
