// The port through which everything reads the debugged process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"

namespace lldbgo {

/// A stretch of the address space, as the operating system or the core file describes it.
struct MemoryRegion {
  Range<LoadAddr> range;
  bool mapped = false;
  bool readable = false, writable = false, executable = false;
  std::string name;  ///< of the file, or "[stack]"; "" none
};

class Memory {
 public:
  virtual ~Memory() = default;

  /// The region that contains `at`, a hole between two being one too; absent where the host cannot tell.
  virtual std::optional<MemoryRegion> region(LoadAddr) { return std::nullopt; }

  /// Reads up to `into.size()` bytes at `at` and returns how many, counted from the start; fewer only where the
  /// memory ends. Errors: unreadable (nothing at all could be read). Software breakpoints are not visible.
  virtual Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) = 0;

  /// All of `into`, or an error (unreadable).
  Result<> read_exact(LoadAddr at, std::span<std::byte> into);
  Result<std::uint8_t> u8(LoadAddr at);
  Result<std::uint32_t> u32(LoadAddr at);
  Result<std::uint64_t> u64(LoadAddr at);
  /// The word at `at` as an address.
  Result<LoadAddr> pointer(LoadAddr at);
  /// Exactly `size` bytes; `size` is bounded by the caller.
  Result<std::vector<std::byte>> bytes(LoadAddr at, std::size_t size);
};

}  // namespace lldbgo
