// Bounds-checked reading of little-endian records. Every parser of target or file bytes goes through this class:
// after the first read past the end it answers zeros and `ok()` stays false, so a parser checks once per record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

namespace lldbgo {

using Bytes = std::span<const std::byte>;

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes, std::size_t offset = 0) : bytes_(bytes) { seek(offset); }

  bool ok() const { return ok_; }
  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }

  void seek(std::size_t offset) {
    if (offset > bytes_.size()) {
      ok_ = false;
      offset = bytes_.size();
    }
    offset_ = offset;
  }
  void skip(std::size_t n) {
    if (n > remaining()) {
      ok_ = false;
      n = remaining();
    }
    offset_ += n;
  }
  /// Moves to the next multiple of `alignment` (a power of two), counted from the start of the span.
  void align(std::size_t alignment) { skip((alignment - offset_ % alignment) % alignment); }

  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint16_t u16() { return fixed<std::uint16_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }
  std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

  /// LEB128, at most 10 bytes (Go's encoding/binary Uvarint).
  std::uint64_t uvarint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      std::uint8_t b = u8();
      if (!ok_) return 0;
      if (shift < 64) value |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) return value;
    }
    ok_ = false;
    return 0;
  }

  Bytes take(std::size_t n) {
    if (!ok_ || n > remaining()) {
      ok_ = false;
      return {};
    }
    Bytes out = bytes_.subspan(offset_, n);
    offset_ += n;
    return out;
  }

  /// The NUL-terminated string here, without its NUL; not ok when there is no NUL within `limit` bytes.
  std::string_view c_string(std::size_t limit = 1 << 16) {
    std::size_t n = remaining() < limit ? remaining() : limit;
    if (!ok_ || n == 0) {
      ok_ = false;
      return {};
    }
    const char* start = static_cast<const char*>(static_cast<const void*>(bytes_.data() + offset_));
    const void* nul = std::memchr(start, 0, n);
    if (nul == nullptr) {
      ok_ = false;
      return {};
    }
    std::size_t length = static_cast<std::size_t>(static_cast<const char*>(nul) - start);
    offset_ += length + 1;
    return {start, length};
  }

 private:
  template <class T>
  T fixed() {
    T value = 0;
    if (!ok_ || sizeof(T) > remaining()) {
      ok_ = false;
      offset_ = bytes_.size();
      return 0;
    }
    std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
    offset_ += sizeof(T);
    return value;
  }

  Bytes bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace lldbgo
