// A heap whose records the input damages: every answer must hold together.
#include "core/heap/spans.h"
#include "fuzz/input.h"
#include "tests/unit/heap/made_heap.h"

using namespace lldbgo;
using fuzz::Input;
using fuzz::require;
using testing::MadeHeap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in(data, size);
  MadeHeap made;
  made.map(MadeHeap::kBase, 16 * 8192);
  std::uint64_t spans[] = {
      made.span({.page = 0}),
      made.span({.page = 1, .elemsize = 64, .nelems = 126}),
      made.span({.page = 2, .npages = 4, .elemsize = 4 * 8192, .nelems = 1, .freeindex = 1, .span_class = 0}),
      made.span({.page = 6, .elemsize = 1024, .nelems = 8, .span_class = 64}),
      made.span({.page = 7, .state = 2}),
  };
  made.layout.span.index_bytes = in.u8() % 2 == 0 ? 2 : 8;
  for (int i = 0; i < 64 && !in.empty(); ++i) {
    std::uint64_t at = spans[in.u8() % std::size(spans)] + in.u8() % 0xa8;
    switch (in.u8() % 4) {
      case 0:
        made.word(at, in.u64());
        break;
      case 1:
        made.put<std::uint8_t>(at, in.u8());
        break;
      case 2:
        made.word(MadeHeap::kArena + in.u8() * 8, in.u64());
        break;
      default:
        made.put<std::uint8_t>(MadeHeap::kArena + 0x10c00 + in.u8() % 4, in.u8());
    }
  }
  Heap heap = made.heap(static_cast<GcPhase>(in.u8() % 4));
  for (int i = 0; i < 16; ++i) {
    LoadAddr at(in.u8() % 2 == 0 ? MadeHeap::kBase + in.u32() % (16 * 8192) : in.u64());
    auto place = heap.place(at);
    if (!place || !place->span) continue;
    require(place->span->pages.contains(at));
    auto object = heap.object(*place->span, at);
    if (!object || !*object) continue;
    require((*object)->base <= at && at.value - (*object)->base.value < (*object)->size);
    require((*object)->index < place->span->nelems);
  }
  return 0;
}
