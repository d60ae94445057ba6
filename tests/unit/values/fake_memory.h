// Memory of a process that never ran: blocks of bytes at addresses.
#pragma once

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "core/target/memory.h"

namespace lldbgo::test {

class FakeMemory : public Memory {
 public:
  void put(LoadAddr at, std::vector<std::byte> bytes) { blocks_[at.value] = std::move(bytes); }
  void put_text(LoadAddr at, std::string_view text) {
    std::vector<std::byte> bytes(text.size());
    std::transform(text.begin(), text.end(), bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
    put(at, std::move(bytes));
  }
  void put_words(LoadAddr at, const std::vector<std::uint64_t>& words) {
    std::vector<std::byte> bytes;
    for (std::uint64_t w : words) {
      for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<std::byte>(w >> (8 * i)));
    }
    put(at, std::move(bytes));
  }

  Result<std::size_t> read(LoadAddr at, std::span<std::byte> into) override {
    auto block = blocks_.upper_bound(at.value);
    if (block != blocks_.begin()) {
      --block;
      std::uint64_t skip = at.value - block->first;
      if (skip < block->second.size()) {
        std::size_t n = std::min<std::size_t>(into.size(), block->second.size() - skip);
        std::copy_n(block->second.begin() + static_cast<std::ptrdiff_t>(skip), n, into.begin());
        return n;
      }
    }
    return fail(Errc::unreadable, "nothing there");
  }

 private:
  std::map<std::uint64_t, std::vector<std::byte>> blocks_;
};

}  // namespace lldbgo::test
