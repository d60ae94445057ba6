// Takes a fuzzer's input apart: zeros when it is used up.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace lldbgo::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  bool empty() const { return rest_.empty(); }
  template <class T>
  T take() {
    T value = 0;
    std::size_t n = std::min(sizeof value, rest_.size());
    if (n != 0) std::memcpy(&value, rest_.data(), n);
    rest_ = rest_.subspan(n);
    return value;
  }
  std::uint8_t u8() { return take<std::uint8_t>(); }
  std::uint16_t u16() { return take<std::uint16_t>(); }
  std::uint32_t u32() { return take<std::uint32_t>(); }
  std::uint64_t u64() { return take<std::uint64_t>(); }
  /// One of `n` choices.
  std::size_t choose(std::size_t n) { return n == 0 ? 0 : u16() % n; }

 private:
  std::span<const std::uint8_t> rest_;
};

/// A finding: libFuzzer reports the input.
inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace lldbgo::fuzz
