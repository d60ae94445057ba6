#include "core/values/value_bytes.h"

#include <algorithm>

namespace lldbgo {

void ValueBytes::put(std::size_t offset, Bytes bytes) {
  if (offset >= size()) return;
  std::size_t n = std::min(bytes.size(), size() - offset);
  for (std::size_t i = 0; i < n; ++i) {
    bytes_[offset + i] = bytes[i];
    known_[offset + i] = true;
  }
}

void ValueBytes::put_word(std::size_t offset, std::uint64_t word, std::size_t size) {
  std::byte little[8];
  for (std::size_t i = 0; i < 8; ++i) little[i] = static_cast<std::byte>(word >> (8 * i));
  put(offset, Bytes(little, std::min<std::size_t>(size, 8)));
}

bool ValueBytes::has(std::size_t offset, std::size_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) return false;
  return std::all_of(known_.begin() + static_cast<std::ptrdiff_t>(offset),
                     known_.begin() + static_cast<std::ptrdiff_t>(offset + size), [](bool k) { return k; });
}

ValueBytes ValueBytes::part(std::size_t offset, std::size_t size) const {
  std::size_t from = std::min(offset, bytes_.size()), n = std::min(size, bytes_.size() - from);
  ValueBytes out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out.bytes_[i] = bytes_[from + i];
    out.known_[i] = known_[from + i];
  }
  out.why_missing = why_missing;
  return out;
}

std::optional<std::uint64_t> ValueBytes::word(std::size_t offset, std::size_t size) const {
  if (size == 0 || size > 8 || !has(offset, size)) return std::nullopt;
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out |= std::to_integer<std::uint64_t>(bytes_[offset + i]) << (8 * i);
  return out;
}

}  // namespace lldbgo
