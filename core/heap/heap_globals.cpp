#include "core/heap/heap_globals.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "core/heap/spans.h"
#include "core/insn/calls.h"
#include "core/sched/scheduler.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxSegment = 256 << 20, kMaxText = 1 << 30;
constexpr std::size_t kMaxProbes = 1 << 20;
constexpr std::uint64_t kMaxProcessors = 1 << 16, kBufferBytes = 512 * 8;
constexpr std::size_t kMaxInstructions = 1 << 14;
constexpr std::size_t kFewestCompares = 3;

bool plausible_pointer(std::uint64_t word) {
  return word >= 4096 && word % 8 == 0 && word < (std::uint64_t{1} << 47);
}

// Calls `visit(address, words, index)` for every word of the program's variables until it answers true.
template <class Visit>
void for_each_word(GoProcess& process, Visit visit) {
  const Moduledata& md = process.image().moduledata();
  for (Range<FileAddr> range : {md.bss, md.noptrbss, md.data}) {
    if (range.size() == 0 || range.size() > kMaxSegment) continue;
    LoadAddr start = process.to_load(range.lo);
    std::vector<std::byte> raw(range.size());
    auto n = process.memory().read(start, raw);
    if (!n) continue;
    std::vector<std::uint64_t> words(*n / 8);
    std::memcpy(words.data(), raw.data(), words.size() * 8);
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (visit(start + i * 8, words, i)) return;
    }
  }
}

std::optional<LoadAddr> named(GoProcess& process, const char* name) {
  auto symbol = process.image().global(name);
  return symbol ? std::optional(process.to_load(*symbol)) : std::nullopt;
}

// Memory that the heap certainly manages.
std::optional<LoadAddr> a_goroutine_stack(GoProcess& process) {
  auto scheduler = Scheduler::open(process);
  if (!scheduler) return std::nullopt;
  auto first = (*scheduler)->by_id(1);
  return first && first->stack.size() != 0 ? std::optional(first->stack.lo) : std::nullopt;
}

}  // namespace

Result<LoadAddr> find_mheap(GoProcess& process, const HeapLayout& layout) {
  if (auto at = named(process, "runtime.mheap_")) return *at;
  auto& found = process.found_globals().mheap;
  if (found) return *found;
  if (auto stack = a_goroutine_stack(process)) {
    std::size_t probes = 0;
    for_each_word(process, [&](LoadAddr at, const std::vector<std::uint64_t>& words, std::size_t i) {
      if (!plausible_pointer(words[i])) return false;
      if (++probes > kMaxProbes) return true;
      LoadAddr mheap = at - layout.heap.arenas;
      auto place = Heap(process.memory(), layout, mheap, GcPhase::unknown).place(*stack);
      if (!place || !place->span || place->span->state != SpanState::manual) return false;
      found = mheap;
      return true;
    });
  }
  if (found) return *found;
  return fail(Errc::not_found,
              "the heap (runtime.mheap_): no symbol, and no variable leads to the span of goroutine 1's stack",
              "has the Go runtime started? continue to main.main and try again");
}

Result<LoadAddr> find_allp(GoProcess& process, const HeapLayout& layout) {
  if (auto at = named(process, "runtime.allp")) return *at;
  auto& found = process.found_globals().allp;
  if (found) return *found;
  std::size_t probes = 0;
  for_each_word(process, [&](LoadAddr at, const std::vector<std::uint64_t>& words, std::size_t i) {
    if (i + 2 >= words.size()) return true;
    if (!plausible_pointer(words[i]) || words[i + 1] == 0 || words[i + 1] > words[i + 2] ||
        words[i + 2] > kMaxProcessors) {
      return false;
    }
    if (++probes > kMaxProbes) return true;
    auto p = process.memory().pointer(LoadAddr(words[i]));
    if (!p || !plausible_pointer(p->value)) return false;
    auto end = process.memory().pointer(*p + layout.p.buffer_end);
    if (!end || *end != *p + layout.p.buffer_words + kBufferBytes) return false;
    found = at;
    return true;
  });
  if (found) return *found;
  return fail(Errc::not_found, "the Ps (runtime.allp): no symbol, and no variable looks like it",
              "has the Go runtime started? continue to main.main and try again");
}

// CMPL $0, x(RIP) is 83 3D disp32 00. Barriers are in every package; no other variable is compared as often.
std::optional<LoadAddr> find_write_barrier(GoProcess& process) {
  if (auto at = named(process, "runtime.writeBarrier")) return at;
  auto& found = process.found_globals().write_barrier;
  if (found) return found;
  const GoImage& image = process.image();
  Range<FileAddr> text = image.pclntab().text();
  Bytes code = image.elf().bytes_from(text.lo, std::min(text.size(), kMaxText));
  const Moduledata& md = image.moduledata();
  std::unordered_map<FileAddr, std::size_t> votes;
  for (std::size_t i = 0; i + 9 <= code.size(); ++i) {
    if (code[i] != std::byte{0x83} || code[i + 1] != std::byte{0x3d} || code[i + 6] != std::byte{0}) continue;
    std::int32_t displacement = 0;
    std::memcpy(&displacement, code.data() + i + 2, 4);
    FileAddr target = (text.lo + i + 7).offset(displacement);
    if (md.noptrbss.contains(target) || md.bss.contains(target)) ++votes[target];
  }
  auto most = std::max_element(votes.begin(), votes.end(), [](auto& a, auto& b) { return a.second < b.second; });
  if (most != votes.end() && most->second >= kFewestCompares) found = process.to_load(most->first);
  return found;
}

std::optional<LoadAddr> find_gcphase(GoProcess& process) {
  if (auto at = named(process, "runtime.gcphase")) return at;
  auto& found = process.found_globals().gcphase;
  if (found) return found;
  auto flag = find_write_barrier(process);
  auto functions = process.image().pclntab().named("runtime.gcStart");
  if (!flag || functions.size() != 1) return std::nullopt;
  const Func& f = functions.front();
  Bytes code = process.image().elf().bytes_from(f.entry, f.end.value - f.entry.value);
  std::vector<RipReference> refs = rip_references(code, f.entry, kMaxInstructions);
  // setGCPhase is inlined (runtime/mgc.go): the phase's address is taken for XCHGL, it is read, and the flag is
  // written.
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (refs[i].size != 0) continue;
    bool read = false, flagged = false;
    for (std::size_t k = i + 1; k < refs.size() && k <= i + 5; ++k) {
      if (refs[k].target == refs[i].target && !refs[k].write && refs[k].size == 4) read = true;
      if (process.to_load(refs[k].target) == *flag && refs[k].write && read) flagged = true;
    }
    if (flagged) {
      found = process.to_load(refs[i].target);
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace lldbgo
