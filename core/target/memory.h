// The port through which everything reads the debugged process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"

namespace lldbgo {

class Memory {
 public:
  virtual ~Memory() = default;

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
