// The bytes of a Go value, gathered from registers and memory; some may be missing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/byte_reader.h"

namespace lldbgo {

class ValueBytes {
 public:
  ValueBytes() = default;
  /// `size` bytes, all missing. `size` is bounded by the caller.
  explicit ValueBytes(std::size_t size) : bytes_(size), known_(size, false) {}

  std::size_t size() const { return bytes_.size(); }
  /// What does not fit is dropped.
  void put(std::size_t offset, Bytes bytes);
  /// The low `size` bytes of a register, little-endian.
  void put_word(std::size_t offset, std::uint64_t word, std::size_t size);
  /// Are all of [offset, offset+size) there?
  bool has(std::size_t offset, std::size_t size) const;
  /// An integer of 1..8 bytes; absent where any byte is missing.
  std::optional<std::uint64_t> word(std::size_t offset, std::size_t size) const;

  /// A copy of [offset, offset+size); what lies outside is missing. `size` is bounded by the caller.
  ValueBytes part(std::size_t offset, std::size_t size) const;

  /// What to say where bytes are missing; "" is said as "not available".
  std::string why_missing;

 private:
  std::vector<std::byte> bytes_;
  std::vector<bool> known_;
};

}  // namespace lldbgo
