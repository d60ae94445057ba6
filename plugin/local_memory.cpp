#include "plugin/local_memory.h"

#include <sys/uio.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>

namespace lldbgo {
namespace {

/// A numeric field of /proc/PID/status.
std::optional<std::uint64_t> status_field(std::uint64_t pid, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string key; status >> key;) {
    std::uint64_t value = 0;
    if (key == name + ":") return status >> value ? std::optional(value) : std::nullopt;
    status.ignore(4096, '\n');
  }
  return std::nullopt;
}

}  // namespace

bool traced_by_us(std::uint64_t pid) {
  auto tracer = status_field(pid, "TracerPid");
  if (!tracer || *tracer == 0) return false;
  auto own = static_cast<std::uint64_t>(getpid());
  return *tracer == own || status_field(*tracer, "PPid") == own;
}

std::size_t read_local(std::uint64_t pid, LoadAddr at, std::span<std::byte> into) {
  iovec local{into.data(), into.size()};
  iovec remote{reinterpret_cast<void*>(at.value), into.size()};
  ssize_t n = process_vm_readv(static_cast<pid_t>(pid), &local, 1, &remote, 1, 0);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

}  // namespace lldbgo
