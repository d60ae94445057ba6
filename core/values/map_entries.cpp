// Swiss maps (internal/runtime/maps/map.go, 1.24+): a directory of dirLen pointers to tables, in which a table stands
// as often as its hash bits are fewer than the directory's; a map of at most eight entries has no directory (dirLen 0)
// but one group in its place. A table is an array of lengthMask+1 groups. A group is eight control bytes and eight
// slots; a control byte below 0x80 is of a full slot.
//
// Classic maps (runtime/map.go): 1<<B buckets of eight, each with a chain of overflow buckets. A tophash of 5 and more
// is of a full slot. A map that grows still has its old buckets; what was moved out of one is marked in its first
// tophash, and what was not is in it alone, as the new buckets it will go to hold nothing of it yet. So all new buckets
// and the old ones that were not moved make the whole map.
#include "core/values/map_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "core/base/byte_reader.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kSlots = 8;
// Bounds of the work for one map; the largest table has 128 groups (maxTableCapacity).
constexpr std::uint64_t kMaxDirectory = 1 << 16, kMaxTableGroups = 1 << 12, kMaxGroups = 1 << 18;

/// What both kinds share: the list, its limit, the work that is left.
class Walk {
 public:
  Walk(Memory& memory, std::size_t limit) : memory_(memory), limit_(limit) {}

  MapEntries out;

  bool done() const { return out.entries.size() >= limit_ || groups_ > kMaxGroups; }
  void problem(std::string text) {
    if (out.problem.empty()) out.problem = std::move(text);
  }
  /// 0, and a problem, where it cannot be read.
  std::uint64_t word(LoadAddr at) {
    auto word = memory_.u64(at);
    if (!word) problem("memory at " + hex(at.value) + " cannot be read");
    return word ? *word : 0;
  }
  std::uint8_t byte(LoadAddr at) {
    auto byte = memory_.u8(at);
    if (!byte) problem("memory at " + hex(at.value) + " cannot be read");
    return byte ? *byte : 0;
  }
  /// The eight control bytes or tophashes of one more group; nothing where they cannot be read.
  std::vector<std::uint8_t> marks(LoadAddr at) {
    ++groups_;
    std::byte raw[kSlots];
    if (!memory_.read_exact(at, raw)) {
      problem("memory at " + hex(at.value) + " cannot be read");
      return {};
    }
    std::vector<std::uint8_t> marks(kSlots);
    std::transform(raw, raw + kSlots, marks.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return marks;
  }
  void add(LoadAddr group, const MapRow& keys, const MapRow& elements, std::uint64_t slot) {
    if (out.entries.size() < limit_) out.entries.push_back({item(group, keys, slot), item(group, elements, slot)});
  }
  MapEntries finish() {
    if (groups_ > kMaxGroups) problem("it has too many groups");
    if (out.entries.size() >= limit_ && out.count > limit_)
      problem(fmt::format("only the first {} of {} entries are listed", limit_, out.count));
    else if (out.entries.size() != out.count)
      problem(fmt::format("{} of {} entries were found", out.entries.size(), out.count));
    return std::move(out);
  }

 private:
  LoadAddr item(LoadAddr group, const MapRow& row, std::uint64_t slot) {
    LoadAddr at = group + row.first + slot * row.stride;
    return row.indirect ? LoadAddr(word(at)) : at;
  }

  Memory& memory_;
  std::size_t limit_;
  std::uint64_t groups_ = 0;
};

void swiss_group(Walk& walk, const SwissLayout& layout, LoadAddr group) {
  auto marks = walk.marks(group + layout.control);
  for (std::uint64_t i = 0; i < marks.size(); ++i)
    if (marks[i] < 0x80) walk.add(group, layout.keys, layout.elements, i);
}

void swiss_table(Walk& walk, const SwissLayout& layout, LoadAddr table) {
  LoadAddr groups(walk.word(table + layout.groups));
  std::uint64_t mask = walk.word(table + layout.length_mask);
  if (!groups) return;
  if (mask >= kMaxTableGroups) return walk.problem("a table of impossible size");
  for (std::uint64_t i = 0; i <= mask && !walk.done(); ++i) swiss_group(walk, layout, groups + i * layout.group_size);
}

constexpr std::uint8_t kMinTopHash = 5, kEmptyOne = 1;

bool moved(std::uint8_t first_tophash) {
  return first_tophash > kEmptyOne && first_tophash < kMinTopHash;
}

void classic_chain(Walk& walk, const ClassicLayout& layout, LoadAddr bucket, bool old) {
  std::unordered_set<LoadAddr> seen;
  for (; bucket && !walk.done(); bucket = LoadAddr(walk.word(bucket + layout.overflow))) {
    if (!seen.insert(bucket).second) return walk.problem("a chain of overflow buckets runs in a circle");
    auto marks = walk.marks(bucket + layout.tophash);
    if (marks.empty() || (old && seen.size() == 1 && moved(marks[0]))) return;
    for (std::uint64_t i = 0; i < kSlots; ++i)
      if (marks[i] >= kMinTopHash) walk.add(bucket, layout.keys, layout.elements, i);
  }
}

}  // namespace

MapEntries swiss_entries(Memory& memory, const SwissLayout& layout, LoadAddr at, std::size_t limit) {
  Walk walk(memory, limit);
  walk.out.count = walk.word(at + layout.used);
  LoadAddr directory(walk.word(at + layout.directory));
  std::uint64_t length = walk.word(at + layout.directory_length);
  if (walk.out.count == 0 || !directory) return walk.finish();
  if (length == 0) swiss_group(walk, layout, directory);
  if (length > kMaxDirectory) {
    walk.problem(fmt::format("a directory of {} tables", length));
    length = kMaxDirectory;
  }
  std::unordered_set<LoadAddr> seen;
  for (std::uint64_t i = 0; i < length && !walk.done(); ++i) {
    LoadAddr table(walk.word(directory + 8 * i));
    if (table && seen.insert(table).second) swiss_table(walk, layout, table);
  }
  return walk.finish();
}

MapEntries classic_entries(Memory& memory, const ClassicLayout& layout, LoadAddr at, std::size_t limit) {
  constexpr std::uint8_t kSameSizeGrow = 8, kMaxLogBuckets = 40;
  Walk walk(memory, limit);
  walk.out.count = walk.word(at + layout.count);
  if (walk.out.count == 0) return walk.finish();
  std::uint8_t log_buckets = walk.byte(at + layout.log_buckets), flags = walk.byte(at + layout.flags);
  if (log_buckets > kMaxLogBuckets) {
    walk.problem("an impossible number of buckets");
    return walk.finish();
  }
  auto array = [&](LoadAddr buckets, std::uint64_t n, bool old) {
    for (std::uint64_t i = 0; buckets && i < n && !walk.done(); ++i)
      classic_chain(walk, layout, buckets + i * layout.bucket_size, old);
  };
  std::uint64_t n = std::uint64_t{1} << log_buckets;
  array(LoadAddr(walk.word(at + layout.buckets)), n, false);
  LoadAddr old(walk.word(at + layout.old_buckets));
  array(old, (flags & kSameSizeGrow) != 0 ? n : n / 2, true);
  return walk.finish();
}

MapEntries map_entries(Memory& memory, const MapLayout& layout, LoadAddr at, std::size_t limit) {
  if (const auto* swiss = std::get_if<SwissLayout>(&layout.table)) return swiss_entries(memory, *swiss, at, limit);
  return classic_entries(memory, std::get<ClassicLayout>(layout.table), at, limit);
}

}  // namespace lldbgo
