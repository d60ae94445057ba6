#include "core/heap/heap_layout.h"

#include <algorithm>

#include "core/gofacts/field_resolver.h"

namespace lldbgo {
namespace {

// A struct of the runtime is a few KB, mheap and heapArena at most some MB; more means that the debug info lies.
constexpr std::uint64_t kMaxStruct = 1 << 16, kMaxHeap = 1 << 26;

}  // namespace

Result<HeapLayout> HeapLayout::resolve(const GoImage& image) {
  HeapLayout out;
  out.facts = heap_facts(image.version());

  FieldResolver span(image, "runtime.mspan");
  out.span.start = span.required("startAddr");
  out.span.npages = span.required("npages");
  out.span.freeindex = span.required("freeindex");
  out.span.nelems = span.required("nelems");
  out.span.alloc_bits = span.required("allocBits");
  out.span.mark_bits = span.required("gcmarkBits");
  out.span.sweepgen = span.required("sweepgen");
  out.span.spanclass = span.required("spanclass");
  out.span.state = span.required("state");
  out.span.elemsize = span.required("elemsize");
  out.span.limit = span.required("limit");
  out.span.large_type = span.optional("largeType");
  out.span.user_arena = span.optional("isUserArenaChunk");
  out.span.bytes = span.bytes();

  FieldResolver arena(image, "runtime.heapArena");
  out.arena.spans = arena.required("spans");
  out.arena.inline_mark_pages = arena.optional("pageUseSpanInlineMarkBits");

  FieldResolver heap(image, "runtime.mheap");
  out.heap.arenas = heap.required("arenas");
  out.heap.sweepgen = heap.required("sweepgen");

  FieldResolver p(image, "runtime.p");
  FieldResolver buffer(image, "runtime.wbBuf");
  out.p.id = p.required("id");
  out.p.status = p.required("status");
  out.p.m = p.required("m");
  std::uint64_t at = p.required("wbBuf");
  out.p.buffer_next = at + buffer.required("next");
  out.p.buffer_end = at + buffer.required("end");
  out.p.buffer_words = at + buffer.required("buf");

  FieldResolver m(image, "runtime.m");
  out.m_id = m.optional("id");
  FieldResolver stats(image, "runtime.mstats");
  out.gc_cycles = stats.optional("numgc");

  for (FieldResolver* r : {&span, &arena, &heap, &p, &buffer, &m, &stats}) {
    if (r->error()) return tl::unexpected<Error>(std::move(*r->error()));
    bool large = r == &arena || r == &heap;
    if (r->bytes() > (large ? kMaxHeap : kMaxStruct)) {
      return fail(Errc::malformed, "layout of a struct of the heap: absurdly large");
    }
    out.from = std::max(out.from, r->from());
  }
  // The two are neighbours, and of one type.
  std::uint64_t width = out.span.nelems - out.span.freeindex;
  if (width != 8 && width != 2)
    return fail(Errc::malformed, "layout of runtime.mspan: freeindex and nelems make no sense");
  out.span.index_bytes = static_cast<unsigned>(width);
  return out;
}

}  // namespace lldbgo
