// Maps of int to int, written by hand in both layouts, sound and not.
#include "core/values/map_entries.h"

#include <algorithm>

#include "tests/unit/catch.h"
#include "tests/unit/values/fake_memory.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

using Words = std::vector<std::uint64_t>;
using Pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

constexpr std::uint64_t kMap = 0x1000;
constexpr SwissLayout kSwiss{0, 16, 24, 16, 24, 136, 0, {8, 16, false}, {16, 16, false}};
constexpr ClassicLayout kClassic{0, 8, 9, 16, 24, 144, 0, 136, {8, 8, false}, {72, 8, false}};

Pairs pairs(Memory& memory, const MapEntries& found) {
  Pairs out;
  for (const MapEntry& e : found.entries)
    out.emplace_back(memory.u64(e.key).value_or(0), memory.u64(e.element).value_or(0));
  std::sort(out.begin(), out.end());
  return out;
}

/// Eight slots, of which those in `full` hold (n, 10n); 0 is an empty one, deleted where it is not the last.
Words group(const std::vector<std::uint64_t>& full) {
  Words out{0x8080808080808080};
  for (std::size_t i = 0; i < 8; ++i) {
    std::uint64_t n = i < full.size() ? full[i] : 0;
    std::uint64_t mark = n != 0 ? 0x11 : i < full.size() ? 0xfe : 0x80;
    out[0] = (out[0] & ~(std::uint64_t{0xff} << (8 * i))) | mark << (8 * i);
    out.push_back(n);
    out.push_back(10 * n);
  }
  return out;
}

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct SwissMap {
  FakeMemory memory;
  void header(std::uint64_t used, std::uint64_t directory, std::uint64_t length) {
    memory.put_words(LoadAddr(kMap), {used, 0x5eed, directory, length, 0, 0});
  }
  void table(std::uint64_t at, std::uint64_t groups, std::uint64_t mask) {
    memory.put_words(LoadAddr(at), {0, 0, groups, mask});
  }
  MapEntries read(std::size_t limit = 1000) { return swiss_entries(memory, kSwiss, LoadAddr(kMap), limit); }
};

/// A bucket whose slots have these tophashes; a slot of tophash t holds (t, 10t).
Words bucket(const std::vector<std::uint64_t>& tophash, std::uint64_t overflow = 0) {
  Words out(18);
  for (std::size_t i = 0; i < tophash.size(); ++i) {
    out[0] |= tophash[i] << (8 * i);
    out[1 + i] = tophash[i];
    out[9 + i] = 10 * tophash[i];
  }
  out[17] = overflow;
  return out;
}

struct ClassicMap {
  FakeMemory memory;
  void header(std::uint64_t count, std::uint64_t log_buckets, std::uint64_t buckets, std::uint64_t old = 0,
              std::uint64_t flags = 0) {
    memory.put_words(LoadAddr(kMap), {count, flags | log_buckets << 8, buckets, old, 0, 0});
  }
  MapEntries read(std::size_t limit = 1000) { return classic_entries(memory, kClassic, LoadAddr(kMap), limit); }
};

}  // namespace

TEST_CASE("a Swiss map of one group") {
  SwissMap m;
  m.header(3, 0x2000, 0);
  m.memory.put_words(LoadAddr(0x2000), group({1, 0, 2, 3}));
  auto found = m.read();
  CHECK(pairs(m.memory, found) == Pairs{{1, 10}, {2, 20}, {3, 30}});
  CHECK(found.problem == "");
  m.header(0, 0, 0);
  CHECK(m.read().entries.empty());
  CHECK(m.read().problem == "");
}

TEST_CASE("a table that stands in the directory twice is read once") {
  SwissMap m;
  m.header(4, 0x2000, 4);
  m.memory.put_words(LoadAddr(0x2000), {0x3000, 0x3000, 0x3100, 0x3200});
  m.table(0x3000, 0x4000, 1);
  m.table(0x3100, 0x5000, 0);
  m.table(0x3200, 0x6000, 0);
  m.memory.put_words(LoadAddr(0x4000), group({1}) + group({2}));
  m.memory.put_words(LoadAddr(0x5000), group({3}));
  m.memory.put_words(LoadAddr(0x6000), group({0, 4}));
  auto found = m.read();
  CHECK(pairs(m.memory, found) == Pairs{{1, 10}, {2, 20}, {3, 30}, {4, 40}});
  CHECK(found.problem == "");
  CHECK(m.read(2).entries.size() == 2);
  CHECK(m.read(2).problem == "only the first 2 of 4 entries are listed");
}

TEST_CASE("large keys and elements of a Swiss map lie elsewhere") {
  SwissMap m;
  m.header(1, 0x2000, 0);
  m.memory.put_words(LoadAddr(0x2000), group({0x700}));
  SwissLayout layout = kSwiss;
  layout.keys.indirect = layout.elements.indirect = true;
  auto found = swiss_entries(m.memory, layout, LoadAddr(kMap), 10);
  REQUIRE(found.entries.size() == 1);
  CHECK(found.entries[0].key == LoadAddr(0x700));
  CHECK(found.entries[0].element == LoadAddr(0x4600));
}

TEST_CASE("a Swiss map that cannot be") {
  SwissMap m;
  CHECK(m.read().problem == "memory at 0x1000 cannot be read");
  m.header(5, 0xdead0000, 0);
  CHECK(m.read().problem == "memory at 0xdead0000 cannot be read");
  m.header(5, 0xdead0000, ~0ull);
  CHECK(m.read().problem == "a directory of 18446744073709551615 tables");
  m.header(5, 0x2000, 2);
  m.memory.put_words(LoadAddr(0x2000), {0x3000, 0xdead0000});
  m.table(0x3000, 0x4000, ~0ull);
  CHECK(m.read().problem == "a table of impossible size");
  m.table(0x3000, 0x4000, 0);
  m.memory.put_words(LoadAddr(0x4000), group({1}));
  CHECK(m.read().entries.size() == 1);
  CHECK(m.read().problem == "memory at 0xdead0010 cannot be read");
  m.header(5, 0x4000, 0);
  CHECK(m.read().problem == "1 of 5 entries were found");
}

TEST_CASE("a classic map with an overflow bucket") {
  ClassicMap m;
  m.header(5, 1, 0x2000);
  m.memory.put_words(LoadAddr(0x2000), bucket({5, 1, 6}, 0x3000) + bucket({0, 200}));
  m.memory.put_words(LoadAddr(0x3000), bucket({7, 8}));
  auto found = m.read();
  CHECK(pairs(m.memory, found) == Pairs{{5, 50}, {6, 60}, {7, 70}, {8, 80}, {200, 2000}});
  CHECK(found.problem == "");
}

TEST_CASE("a classic map that grows is half in its old buckets") {
  ClassicMap m;
  m.header(3, 2, 0x2000, 0x4000);
  // Old bucket 0 was moved to new buckets 0 and 2; old bucket 1 was not, and its overflow bucket neither.
  m.memory.put_words(LoadAddr(0x2000), bucket({9}) + bucket({}) + bucket({}) + bucket({}));
  m.memory.put_words(LoadAddr(0x4000), bucket({2, 3}, 0x5000) + bucket({10}, 0x6000));
  m.memory.put_words(LoadAddr(0x5000), bucket({99}));
  m.memory.put_words(LoadAddr(0x6000), bucket({11}));
  auto found = m.read();
  CHECK(pairs(m.memory, found) == Pairs{{9, 90}, {10, 100}, {11, 110}});
  CHECK(found.problem == "");
  // Growing to the same size, it has as many old buckets as new ones.
  m.header(2, 1, 0x2000, 0x4000, 8);
  m.memory.put_words(LoadAddr(0x2000), bucket({}) + bucket({}));
  m.memory.put_words(LoadAddr(0x4000), bucket({12}) + bucket({13}));
  CHECK(pairs(m.memory, m.read()) == Pairs{{12, 120}, {13, 130}});
}

TEST_CASE("a classic map that cannot be") {
  ClassicMap m;
  m.header(5, 255, 0x2000);
  CHECK(m.read().problem == "an impossible number of buckets");
  m.header(5, 40, 0x2000);
  CHECK(m.read().problem == "memory at 0x2000 cannot be read");
  m.header(~0ull, 0, 0x2000);
  m.memory.put_words(LoadAddr(0x2000), bucket({5}, 0x3000));
  m.memory.put_words(LoadAddr(0x3000), bucket({6}, 0x2000));
  CHECK(m.read().entries.size() == 2);
  CHECK(m.read().problem == "a chain of overflow buckets runs in a circle");
}
