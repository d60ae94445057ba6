#include "core/frame/slot_table.h"

#include <algorithm>

namespace lldbgo {
namespace {

std::int64_t end_of(const Slot& s) {
  return s.offset_fp + static_cast<std::int64_t>(s.size);
}

std::int64_t next_word(std::int64_t offset) {
  std::int64_t into = offset % 8;
  return offset + (into < 0 ? -into : 8 - into);
}

Slot unknown_slot(std::int64_t from, std::int64_t to) {
  Slot s;
  s.offset_fp = from;
  s.size = static_cast<std::uint64_t>(to - from);
  return s;
}

void append_gap(std::vector<Slot>& out, std::int64_t from, std::int64_t to, std::uint64_t long_gap) {
  if (to - from > 0 && static_cast<std::uint64_t>(to - from) > long_gap) {
    out.push_back(unknown_slot(from, to));
    return;
  }
  while (from < to) {
    std::int64_t end = std::min(next_word(from), to);
    out.push_back(unknown_slot(from, end));
    from = end;
  }
}

}  // namespace

bool SlotTable::is_free(std::int64_t offset, std::uint64_t size) const {
  std::int64_t end = offset + static_cast<std::int64_t>(size);
  auto next = claims_.lower_bound(offset);
  if (next != claims_.end() && next->first < end) return false;
  return next == claims_.begin() || end_of(std::prev(next)->second) <= offset;
}

bool SlotTable::claim(Slot slot) {
  std::int64_t from = std::max(slot.offset_fp, lo_);
  std::int64_t to = std::min(end_of(slot), hi_);
  if (from >= to) return false;
  if (claims_.size() >= kMaxClaims) {
    overfull_ = true;
    return false;
  }
  if (from == slot.offset_fp && to == end_of(slot) && is_free(from, slot.size)) {
    claims_.emplace(from, std::move(slot));
    return true;
  }
  Slot rest;
  rest.why = slot.name.empty() ? slot.why : "part of " + slot.name + ", the other part is taken: " + slot.why;
  // Fill the free parts between the claims that overlap [from, to).
  auto next = claims_.upper_bound(from);
  if (next != claims_.begin()) from = std::max(from, end_of(std::prev(next)->second));
  while (from < to) {
    next = claims_.lower_bound(from);
    std::int64_t gap_end = next == claims_.end() ? to : std::min(to, next->first);
    if (gap_end > from) {
      rest.offset_fp = from;
      rest.size = static_cast<std::uint64_t>(gap_end - from);
      claims_.emplace(from, rest);
    }
    if (next == claims_.end()) break;
    from = std::max(gap_end, end_of(next->second));
  }
  return false;
}

std::vector<Slot> SlotTable::finish(std::uint64_t long_gap) const {
  std::vector<Slot> out;
  std::int64_t at = lo_;
  for (const auto& [offset, slot] : claims_) {
    append_gap(out, at, offset, long_gap);
    out.push_back(slot);
    at = end_of(slot);
  }
  append_gap(out, at, hi_, long_gap);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace lldbgo
