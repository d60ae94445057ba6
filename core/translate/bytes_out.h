// Little-endian records going out: what ByteReader is for records coming in.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/base/byte_reader.h"

namespace lldbgo {

class BytesOut {
 public:
  std::size_t size() const { return bytes_.size(); }
  void reserve(std::size_t n) { bytes_.reserve(n); }
  void u8(std::uint64_t v) { bytes_.push_back(static_cast<std::byte>(v)); }
  void u16(std::uint64_t v) { fixed(v, 2); }
  void u32(std::uint64_t v) { fixed(v, 4); }
  void u64(std::uint64_t v) { fixed(v, 8); }
  void uleb(std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) u8(v | 0x80);
    u8(v);
  }
  void sleb(std::int64_t v) {
    for (; v < -64 || v > 63; v >>= 7) u8(static_cast<std::uint64_t>(v & 0x7f) | 0x80);
    u8(static_cast<std::uint64_t>(v & 0x7f));
  }
  void bytes(Bytes b) { bytes_.insert(bytes_.end(), b.begin(), b.end()); }
  /// With a NUL behind it; `s` has none.
  void c_string(std::string_view s) {
    bytes({static_cast<const std::byte*>(static_cast<const void*>(s.data())), s.size()});
    u8(0);
  }
  /// Overwrites bytes that are there already.
  void put_u16(std::size_t at, std::uint64_t v) { put(at, v, 2); }
  void put_u32(std::size_t at, std::uint64_t v) { put(at, v, 4); }
  Bytes view() const { return bytes_; }
  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  void put(std::size_t at, std::uint64_t v, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes_[at + i] = static_cast<std::byte>(v >> (8 * i));
  }
  void fixed(std::uint64_t v, unsigned size) {
    for (unsigned i = 0; i < size; ++i) u8(v >> (8 * i));
  }
  std::vector<std::byte> bytes_;
};

}  // namespace lldbgo
