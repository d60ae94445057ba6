// One pc-value table: a run-length list of (value, pc range) pairs (runtime/symtab.go pcvalue, step).
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/address.h"
#include "core/base/byte_reader.h"

namespace lldbgo {

/// Steps through the intervals of a table. Each pair is two uvarints: the zig-zag difference to the last value
/// (starting at -1) and the length of the interval in bytes; a zero difference after the first pair ends the table.
class PcValues {
 public:
  /// A function has no more intervals than bytes, and no real one comes near kMaxIntervals.
  PcValues(Bytes pctab, std::uint64_t offset, Range<FileAddr> function)
      : reader_(pctab, offset), end_(function.lo), limit_(std::min(function.size() + 1, kMaxIntervals)) {}

  /// Moves to the next interval; false at the end of the table or where it is broken (then `ok()` is false).
  bool next() {
    if (!ok_) return false;
    if (limit_-- == 0) return ok_ = false;
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
  static constexpr std::uint64_t kMaxIntervals = 1 << 20;

  ByteReader reader_;
  FileAddr begin_, end_;
  std::uint64_t limit_;
  std::uint32_t value_ = 0xffffffff;
  bool first_ = true;
  bool ok_ = true;
};

}  // namespace lldbgo
