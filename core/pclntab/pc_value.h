// One pc-value table: a run-length list of (value, pc range) pairs (runtime/symtab.go pcvalue, step).
#pragma once

#include <cstdint>

#include "core/base/address.h"
#include "core/base/byte_reader.h"

namespace lldbgo {

/// Steps through the intervals of a table. Each pair is two uvarints: the zig-zag difference to the last value
/// (starting at -1) and the length of the interval in bytes; a zero difference after the first pair ends the table.
class PcValues {
 public:
  /// `limit` bounds the number of intervals: a function has no more than it has bytes.
  PcValues(Bytes pctab, std::uint64_t offset, Range<FileAddr> function)
      : reader_(pctab, offset), end_(function.lo), limit_(function.size() + 1) {}

  /// Moves to the next interval; false at the end of the table or where it is broken (then `ok()` is false).
  bool next() {
    if (!ok_ || limit_-- == 0) return false;
    auto delta = static_cast<std::uint32_t>(reader_.uvarint());
    if (delta == 0 && !first_) return false;
    first_ = false;
    value_ += (delta & 1) != 0 ? ~(delta >> 1) : delta >> 1;
    auto length = static_cast<std::uint32_t>(reader_.uvarint());
    ok_ = reader_.ok();
    begin_ = end_;
    end_ = end_ + length;
    return ok_;
  }

  bool ok() const { return ok_; }
  std::int32_t value() const { return static_cast<std::int32_t>(value_); }
  Range<FileAddr> range() const { return {begin_, end_}; }

 private:
  ByteReader reader_;
  FileAddr begin_, end_;
  std::uint64_t limit_;
  std::uint32_t value_ = 0xffffffff;
  bool first_ = true;
  bool ok_ = true;
};

}  // namespace lldbgo
