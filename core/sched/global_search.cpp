#include "core/sched/global_search.h"

#include <cstring>
#include <unordered_map>
#include <vector>

#include "core/sched/goroutine.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxSegment = 256 << 20;
constexpr std::uint64_t kMaxGoroutines = 1 << 26;
constexpr std::uint64_t kMaxMachines = 1 << 16;
constexpr std::uint64_t kMaxProbes = 1 << 20;
constexpr std::uint64_t kFirstPage = 4096;
constexpr std::uint32_t kMaxStatus = 31;

bool plausible_pointer(std::uint64_t word) {
  return word >= kFirstPage && word % 8 == 0 && word < (std::uint64_t{1} << 47);
}

// Calls `visit(address, words, index)` for every word of a data range; stops when it answers true.
template <class Visit>
void for_each_word(GoProcess& process, Range<FileAddr> range, Visit visit) {
  if (range.size() == 0 || range.size() > kMaxSegment) return;
  LoadAddr start = process.to_load(range.lo);
  std::vector<std::byte> raw(range.size());
  auto n = process.memory().read(start, raw);
  if (!n) return;
  std::vector<std::uint64_t> words(*n / 8);
  std::memcpy(words.data(), raw.data(), words.size() * 8);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (visit(start + i * 8, words, i)) return;
  }
}

// The goroutine that a word of allgs leads to; empty where it leads to none.
std::optional<Goroutine> goroutine_at(GoProcess& process, const RuntimeLayout& layout, LoadAddr slot) {
  auto g = process.memory().pointer(slot);
  if (!g || !plausible_pointer(g->value)) return std::nullopt;
  auto goroutine = read_goroutine(process.memory(), layout, *g);
  if (!goroutine || goroutine->status == GStatus::idle || static_cast<std::uint32_t>(goroutine->status) > kMaxStatus) {
    return std::nullopt;
  }
  return *goroutine;
}

bool is_machine(GoProcess& process, const RuntimeLayout& layout, LoadAddr m) {
  auto g0 = process.memory().pointer(m + layout.m.g0);
  if (!g0 || !plausible_pointer(g0->value)) return false;
  auto back = process.memory().pointer(*g0 + layout.g.m);
  return back && *back == m;
}

// Lengths of alllink chains. Each m is visited once, so neither a ring nor many pointers at one chain cost more.
class Chains {
 public:
  Chains(GoProcess& process, const RuntimeLayout& layout) : process_(process), layout_(layout) {}

  std::uint64_t length(LoadAddr m) {
    std::vector<LoadAddr> path;
    while (m && lengths_.size() < kMaxMachines && !lengths_.contains(m) && is_machine(process_, layout_, m)) {
      path.push_back(m);
      lengths_[m] = 0;
      m = process_.memory().pointer(m + layout_.m.alllink).value_or(LoadAddr());
    }
    auto rest = lengths_.find(m);
    std::uint64_t n = rest == lengths_.end() ? 0 : rest->second;
    for (auto it = path.rbegin(); it != path.rend(); ++it) lengths_[*it] = ++n;
    return n;
  }

 private:
  GoProcess& process_;
  const RuntimeLayout& layout_;
  std::unordered_map<LoadAddr, std::uint64_t> lengths_;
};

}  // namespace

std::optional<LoadAddr> search_allgs(GoProcess& process, const RuntimeLayout& layout) {
  std::optional<LoadAddr> found;
  std::uint64_t probes = 0, longest = 0;
  const Moduledata& md = process.image().moduledata();
  for (Range<FileAddr> range : {md.bss, md.data, md.noptrbss}) {
    for_each_word(process, range, [&](LoadAddr at, const std::vector<std::uint64_t>& words, std::size_t i) {
      if (i + 2 >= words.size()) return true;
      std::uint64_t base = words[i], len = words[i + 1], cap = words[i + 2];
      if (len <= longest || len > cap || cap > kMaxGoroutines || !plausible_pointer(base)) return false;
      if (++probes > kMaxProbes) return true;
      auto first = goroutine_at(process, layout, LoadAddr(base));
      if (!first || first->id != 1) return false;
      if (len > 1 && !goroutine_at(process, layout, LoadAddr(base + 8))) return false;
      found = at;
      longest = len;
      return false;
    });
  }
  return found;
}

std::optional<LoadAddr> search_allm(GoProcess& process, const RuntimeLayout& layout) {
  std::optional<LoadAddr> found;
  std::uint64_t longest = 0, probes = 0;
  Chains chains(process, layout);
  const Moduledata& md = process.image().moduledata();
  for (Range<FileAddr> range : {md.bss, md.data, md.noptrbss}) {
    for_each_word(process, range, [&](LoadAddr at, const std::vector<std::uint64_t>& words, std::size_t i) {
      if (!plausible_pointer(words[i])) return false;
      if (++probes > kMaxProbes) return true;
      std::uint64_t length = chains.length(LoadAddr(words[i]));
      if (length > longest) {
        longest = length;
        found = at;
      }
      return false;
    });
  }
  return found;
}

}  // namespace lldbgo
