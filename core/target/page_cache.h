// A view of a target's memory that reads whole pages and each page once: what walks a map word by word asks the
// debugger a few times only.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/target/memory.h"

namespace lldbgo {

/// Holds what it has read for as long as it lives, so it lives no longer than the target stands still.
class PageCache final : public Memory {
 public:
  /// `memory` must outlive the object.
  explicit PageCache(Memory& memory) : memory_(memory) {}

  Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) override;

 private:
  const std::vector<std::byte>& page(std::uint64_t number);

  Memory& memory_;
  std::unordered_map<std::uint64_t, std::vector<std::byte>> pages_;  // by number; shorter where the memory ends
};

}  // namespace lldbgo
