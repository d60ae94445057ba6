#include "plugin/local_signals.h"

#include <fstream>
#include <string>

namespace lldbgo {

// proc(5): SigPnd is a mask of the signals pending for the thread alone; Go's tgkill makes them so.
bool signal_pending(std::uint64_t pid, std::uint64_t thread, int number) {
  if (number < 1 || number > 64) return false;
  std::ifstream status("/proc/" + std::to_string(pid) + "/task/" + std::to_string(thread) + "/status");
  for (std::string key; status >> key;) {
    std::uint64_t mask = 0;
    if (key == "SigPnd:") return (status >> std::hex >> mask) && (mask >> (number - 1) & 1) != 0;
    status.ignore(4096, '\n');
  }
  return false;
}

}  // namespace lldbgo
