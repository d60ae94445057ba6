// Prints docs/commands.md.
#include <cstdio>

#include "commands/help.h"
#include "commands/registry.h"

int main() {
  return std::fputs(lldbgo::markdown(lldbgo::all_commands()).c_str(), stdout) < 0;
}
