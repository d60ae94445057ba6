// Collects what is known about the bytes of a frame and turns it into slots that cover every byte exactly once.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/frame/frame_map.h"

namespace lldbgo {

/// Offsets are from fp. Claims are made strongest first: bytes that an earlier claim holds stay its own.
class SlotTable {
 public:
  /// Half a megabyte of words: no program names more in one frame, but a pointer map can, and every slot takes memory.
  static constexpr std::size_t kMaxClaims = 1 << 16;

  /// Covers [lo, hi). `lo` <= `hi`, both bounded by the caller.
  SlotTable(std::int64_t lo, std::int64_t hi) : lo_(lo), hi_(hi) {}

  std::int64_t lo() const { return lo_; }
  std::int64_t hi() const { return hi_; }

  /// Takes offset_fp and size of `slot`; the part outside of the table or already taken is left out. A claim that loses
  /// bytes that way no longer stands for the whole word: it is entered as unknown, and `why` says what it was. Returns
  /// whether all of it was free.
  bool claim(Slot slot);
  /// A claim was refused, because there are kMaxClaims already: its bytes are nobody's.
  bool overfull() const { return overfull_; }
  bool is_free(std::int64_t offset, std::uint64_t size) const;

  /// Highest address first. Gaps become unknown words aligned to fp; gaps longer than `long_gap` one slot without a
  /// value.
  std::vector<Slot> finish(std::uint64_t long_gap = 64 * 1024) const;

 private:
  std::int64_t lo_, hi_;
  std::map<std::int64_t, Slot> claims_;  // by offset_fp, disjoint
  bool overfull_ = false;
};

}  // namespace lldbgo
