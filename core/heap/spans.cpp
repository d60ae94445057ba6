// The heap's address space is cut into arenas of 64 MB, arenas into pages of 8 KB, and runs of pages into spans that
// hold objects of one size (runtime/mheap.go, malloc.go; the same from Go 1.15 to 1.27 on linux/amd64):
//
//   arena   = mheap_.arenas[0][(addr + 0x800000000000) >> 26]        one level of 4 million pointers, mostly nil
//   span    = arena.spans[addr >> 13 & 8191]                         nil: never allocated
//   object  = (addr - span.startAddr) / span.elemsize
//
// spans[] is not cleared when a span is freed: its record says dead, or describes other pages by then, and both mean
// that the page is free. An object is allocated when its index is below freeindex or its bit in allocBits is set, which
// is the mark bitmap of the last cycle (mbitmap.go, isFree).
//
// Mark bits live in gcmarkBits, which starts a cycle as zeros. With Green Tea (an experiment of 1.25, the default since
// 1.26; mgcmark_greenteagc.go) spans of small objects keep them in their own page, whose last 128 bytes are
// {scans [63]u8, owned u8, marks [63]u8, class u8}, and a bitmap of the arena says which pages do. Outside of a cycle
// mark bits say something only until the span is swept, which clears them: then sweepgen is two behind the heap's.
//
// Since 1.22 (mbitmap.go) objects with pointers that are larger than 512 bytes have their type in the first word of
// their slot, so what the program points at is 8 bytes further; the one object of a large span has it in the span.
#include "core/heap/spans.h"

#include <algorithm>
#include <limits>

#include "core/base/byte_reader.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr std::uint64_t kArenaBase = 0x800000000000, kArenaShift = 26, kArenas = 1 << 22;
constexpr std::uint64_t kPageShift = 13, kPage = 1 << kPageShift, kPagesOfArena = 8192;
constexpr std::uint64_t kMaxPages = std::uint64_t{1} << 35;  // the whole address space
constexpr std::uint64_t kInlineMarksFromEnd = 64, kHeader = 8;

// freeindex and nelems.
std::uint64_t index_at(ByteReader& r, std::uint64_t offset, unsigned bytes) {
  r.seek(offset);
  return bytes == 2 ? r.u16() : r.u64();
}

tl::unexpected<Error> malformed_span(LoadAddr at, std::string_view what) {
  std::string text("span ");
  return fail(Errc::malformed, text.append(hex(at.value)).append(": ").append(what).append(" make no sense"));
}

}  // namespace

const char* gc_phase_name(GcPhase phase) {
  switch (phase) {
    case GcPhase::off:
      return "off";
    case GcPhase::mark:
      return "mark";
    case GcPhase::mark_termination:
      return "marktermination";
    case GcPhase::unknown:
      return "";
  }
  return "";
}

Heap::Heap(Memory& memory, const HeapLayout& layout, LoadAddr mheap, GcPhase phase)
    : memory_(memory), layout_(layout), mheap_(mheap), phase_(phase) {
  if (auto generation = memory.u32(mheap + layout.heap.sweepgen)) sweepgen_ = *generation;
}

Result<LoadAddr> Heap::arena_of(LoadAddr at) const {
  std::uint64_t index = (at.value + kArenaBase) >> kArenaShift;
  if (index >= kArenas) return LoadAddr();
  auto map = memory_.pointer(mheap_ + layout_.heap.arenas);
  if (!map) return pass(map);
  if (!*map) return LoadAddr();
  return memory_.pointer(*map + index * 8);
}

Result<HeapSpan> Heap::read_span(LoadAddr at) const {
  auto bytes = memory_.bytes(at, layout_.span.bytes);
  if (!bytes) return pass(bytes);
  const auto& f = layout_.span;
  ByteReader r(*bytes);
  auto word = [&](std::uint64_t offset) {
    r.seek(offset);
    return r.u64();
  };
  auto byte = [&](std::uint64_t offset) {
    r.seek(offset);
    return r.u8();
  };
  HeapSpan out;
  out.span = at;
  std::uint64_t pages = word(f.npages);
  out.pages.lo = LoadAddr(word(f.start));
  out.state = static_cast<SpanState>(byte(f.state));
  out.span_class = byte(f.spanclass);
  out.elemsize = word(f.elemsize);
  out.nelems = index_at(r, f.nelems, f.index_bytes);
  out.freeindex = index_at(r, f.freeindex, f.index_bytes);
  out.limit = LoadAddr(word(f.limit));
  out.alloc_bits = LoadAddr(word(f.alloc_bits));
  out.mark_bits = LoadAddr(word(f.mark_bits));
  r.seek(f.sweepgen);
  out.sweepgen = r.u32();
  if (f.large_type) out.large_type = LoadAddr(word(*f.large_type));
  if (f.user_arena) out.user_arena = byte(*f.user_arena) != 0;
  if (pages > kMaxPages || out.pages.lo.value % kPage != 0) {
    return malformed_span(at, std::to_string(pages) + " pages at " + hex(out.pages.lo.value));
  }
  out.pages.hi = out.pages.lo + (pages << kPageShift);
  return out;
}

Result<HeapPlace> Heap::place(LoadAddr at) const {
  auto arena = arena_of(at);
  if (!arena) return pass(arena);
  HeapPlace out;
  if (!*arena) return out;
  out.arena = true;
  auto pointer = memory_.pointer(*arena + layout_.arena.spans + ((at.value >> kPageShift) % kPagesOfArena) * 8);
  if (!pointer) return pass(pointer);
  if (!*pointer) return out;
  auto span = read_span(*pointer);
  if (!span) return pass(span);
  if (!span->pages.contains(at)) return out;
  if (span->state != SpanState::in_use && span->state != SpanState::manual) return out;
  if (span->state == SpanState::in_use) {
    // One object at least takes 8 bytes; a large one all of the span.
    bool sound = span->elemsize >= 8 && span->elemsize <= span->pages.size() && span->nelems >= 1 &&
                 span->nelems <= span->pages.size() / span->elemsize && span->freeindex <= span->nelems &&
                 span->limit >= span->pages.lo && span->limit <= span->pages.hi;
    if (!sound) return malformed_span(*pointer, "its objects");
    if (layout_.arena.inline_mark_pages && span->pages.size() == kPage) {
      auto inside = bit(*arena + *layout_.arena.inline_mark_pages, (at.value >> kPageShift) % kPagesOfArena);
      if (!inside) return pass(inside);
      span->inline_marks = *inside;
    }
  }
  out.span = *span;
  return out;
}

Result<bool> Heap::bit(LoadAddr bits, std::uint64_t index) const {
  auto byte = memory_.u8(bits + index / 8);
  if (!byte) return pass(byte);
  return ((*byte >> (index % 8)) & 1) != 0;
}

std::optional<bool> Heap::marked(const HeapSpan& span, std::uint64_t index) const {
  bool unswept = sweepgen_ && span.sweepgen == *sweepgen_ - 2;
  bool marking = phase_ == GcPhase::mark || phase_ == GcPhase::mark_termination;
  if (!marking && !unswept) return std::nullopt;
  if (!span.inline_marks && !span.mark_bits) return std::nullopt;
  auto set = bit(span.inline_marks ? span.pages.hi - kInlineMarksFromEnd : span.mark_bits, index);
  return set ? std::optional(*set) : std::nullopt;
}

Result<std::optional<HeapObject>> Heap::object(const HeapSpan& span, LoadAddr at) const {
  if (span.state != SpanState::in_use || !span.pages.contains(at) || at >= span.limit || span.elemsize == 0)
    return std::nullopt;
  HeapObject out;
  out.index = static_cast<std::uint64_t>(at - span.pages.lo) / span.elemsize;
  if (out.index >= span.nelems) return std::nullopt;
  out.base = span.pages.lo + out.index * span.elemsize;
  out.size = span.elemsize;
  out.allocated = out.index < span.freeindex;
  if (!out.allocated) {
    auto set = bit(span.alloc_bits, out.index);
    if (!set) return pass(set);
    out.allocated = *set;
  }
  out.marked = marked(span, out.index);
  if (!layout_.facts.type_headers || span.noscan() || span.user_arena) return out;
  if (span.size_class() == 0) {
    out.type = span.large_type;
  } else if (span.elemsize > kLargestHeapBits) {
    out.header = kHeader;
    if (out.allocated) out.type = memory_.pointer(out.base).value_or(LoadAddr());
  }
  return out;
}

}  // namespace lldbgo
