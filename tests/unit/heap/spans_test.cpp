// Arenas, spans and objects of a heap that was made by hand.
#include "core/heap/spans.h"

#include "tests/unit/catch.h"
#include "tests/unit/heap/made_heap.h"

using namespace lldbgo;
using lldbgo::testing::MadeHeap;

namespace {

HeapObject object_at(const Heap& heap, std::uint64_t at) {
  auto place = heap.place(LoadAddr(at));
  REQUIRE(place);
  REQUIRE(place->span);
  auto object = heap.object(*place->span, LoadAddr(at));
  REQUIRE(object);
  REQUIRE(*object);
  return **object;
}

bool no_object_at(const Heap& heap, std::uint64_t at) {
  auto place = heap.place(LoadAddr(at));
  if (!place || !place->span) return true;
  auto object = heap.object(*place->span, LoadAddr(at));
  return !object || !*object;
}

}  // namespace

TEST_CASE("an address inside an object leads to the object") {
  for (std::uint64_t base : {MadeHeap::kBase, std::uint64_t{0x3a1c40000000}}) {  // 1.26+ has a random base
    MadeHeap made(base);
    made.span({.page = 4});
    Heap heap = made.heap();
    std::uint64_t start = base + 4 * 8192;
    for (std::uint64_t offset : {0, 1, 47, 48, 95, 159 * 48, 160 * 48 - 1}) {
      HeapObject object = object_at(heap, start + offset);
      CHECK(object.index == offset / 48);
      CHECK(object.base.value == start + offset / 48 * 48);
      CHECK(object.size == 48);
      CHECK(object.header == 0);
    }
    CHECK(no_object_at(heap, start + 160 * 48));  // the rest of the page
    CHECK(no_object_at(heap, start - 1));
    CHECK(no_object_at(heap, start + 8192));
  }
}

TEST_CASE("an object is allocated below freeindex or where its bit is set") {
  MadeHeap made;
  std::uint64_t bits = made.bits();
  made.span({.freeindex = 3});
  made.put<std::uint8_t>(bits, 0b00100001);  // 0 and 5
  Heap heap = made.heap();
  const bool expected[] = {true, true, true, false, false, true, false};
  for (std::uint64_t i = 0; i < std::size(expected); ++i) {
    CHECK(object_at(heap, MadeHeap::kBase + i * 48).allocated == expected[i]);
  }
}

TEST_CASE("mark bits say something during a cycle, and after it until the span is swept") {
  MadeHeap made;
  made.put<std::uint8_t>(made.bits() + 256, 0b10);
  made.span({.page = 0, .sweepgen = 10});
  made.put<std::uint8_t>(made.bits() + 256, 0b10);
  made.span({.page = 1, .sweepgen = 8});
  std::uint64_t swept = MadeHeap::kBase, unswept = MadeHeap::kBase + 8192;
  Heap off = made.heap(GcPhase::off), marking = made.heap(GcPhase::mark);
  CHECK(object_at(off, swept).marked == std::nullopt);
  CHECK(object_at(off, unswept).marked == false);
  CHECK(object_at(off, unswept + 48).marked == true);
  CHECK(object_at(marking, swept).marked == false);
  CHECK(object_at(marking, swept + 48).marked == true);
  CHECK(object_at(made.heap(GcPhase::unknown), swept + 48).marked == std::nullopt);
}

TEST_CASE("Green Tea keeps the mark bits of small objects at the end of their page") {
  MadeHeap made;
  made.map(MadeHeap::kBase, 8192);
  made.span({.elemsize = 64, .nelems = 126});
  made.put<std::uint8_t>(MadeHeap::kArena + 0x10c00, 1);           // page 0 has them
  made.put<std::uint8_t>(MadeHeap::kBase + 8192 - 64 + 1, 0b100);  // object 10
  Heap heap = made.heap(GcPhase::mark);
  CHECK(object_at(heap, MadeHeap::kBase + 10 * 64 + 8).marked == true);
  CHECK(object_at(heap, MadeHeap::kBase + 11 * 64).marked == false);
}

TEST_CASE("an object larger than 512 bytes has its type in front, a large one in its span") {
  MadeHeap made;
  made.map(MadeHeap::kBase, 3 * 8192);
  made.span({.page = 0, .elemsize = 1024, .nelems = 8, .freeindex = 2, .span_class = 64});
  made.word(MadeHeap::kBase, 0x4a0000);
  std::uint64_t large =
      made.span({.page = 1, .npages = 5, .elemsize = 5 * 8192, .nelems = 1, .freeindex = 1, .span_class = 0});
  made.word(large + 0x98, 0x4b0000);
  made.span({.page = 6, .elemsize = 1024, .nelems = 8, .freeindex = 2, .span_class = 65});  // noscan
  Heap heap = made.heap();
  HeapObject object = object_at(heap, MadeHeap::kBase + 100);
  CHECK(object.header == 8);
  CHECK(object.type.value == 0x4a0000);
  CHECK(object_at(heap, MadeHeap::kBase + 3 * 1024).type.value == 0);  // free: whatever is there is no type
  object = object_at(heap, MadeHeap::kBase + 3 * 8192 + 17);
  CHECK(object.base.value == MadeHeap::kBase + 8192);
  CHECK(object.header == 0);
  CHECK(object.type.value == 0x4b0000);
  object = object_at(heap, MadeHeap::kBase + 6 * 8192);
  CHECK(object.header == 0);
  CHECK(object.type.value == 0);
  made.layout.facts.type_headers = false;  // until 1.21
  CHECK(object_at(made.heap(), MadeHeap::kBase + 100).header == 0);
}

TEST_CASE("what is no object") {
  MadeHeap made;
  made.span({.page = 0, .state = 2});  // a stack
  made.span({.page = 1, .state = 0});  // freed
  std::uint64_t reused = made.span({.page = 2});
  made.put<std::uint64_t>(reused + 0x18, MadeHeap::kBase + 9 * 8192);  // the record describes other pages by now
  Heap heap = made.heap();
  auto manual = heap.place(LoadAddr(MadeHeap::kBase + 5));
  REQUIRE(manual);
  REQUIRE(manual->span);
  CHECK(manual->span->state == SpanState::manual);
  for (std::uint64_t page : {0, 1, 2, 3}) CHECK(no_object_at(heap, MadeHeap::kBase + page * 8192));
  for (std::uint64_t page : {1, 2, 3}) {
    auto place = heap.place(LoadAddr(MadeHeap::kBase + page * 8192));
    REQUIRE(place);
    CHECK(place->arena);
    CHECK_FALSE(place->span);
  }
  for (std::uint64_t at :
       {std::uint64_t{0}, std::uint64_t{0x400000}, std::uint64_t{0x7fffffffffff}, std::uint64_t{0x800000000000},
        std::uint64_t{0xffff7fffffffffff}, std::uint64_t{0xffff800000000000}, ~std::uint64_t{0}}) {
    auto place = heap.place(LoadAddr(at));
    CHECK((!place || !place->arena));
  }
}

TEST_CASE("a span that does not hold together is an error, not an object") {
  struct Damage {
    const char* name;
    std::uint64_t offset, value;
  };
  const Damage damages[] = {
      {"no pages", 0x20, 0},
      {"pages beyond the address space", 0x20, ~std::uint64_t{0}},
      {"pages that wrap around", 0x20, std::uint64_t{1} << 51},
      {"unaligned start", 0x18, MadeHeap::kBase + 8},
      {"objects of no size", 0x68, 0},
      {"objects larger than the span", 0x68, 16384},
      {"too many objects", 0x30, 0xffff0000 | 3},
      {"freeindex behind the last object", 0x30, 160 << 16 | 161},
      {"limit outside", 0x70, MadeHeap::kBase + 8193},
  };
  for (const Damage& d : damages) {
    DYNAMIC_SECTION(d.name) {
      MadeHeap made;
      std::uint64_t at = made.span({});
      made.word(at + d.offset, d.value);
      CHECK(no_object_at(made.heap(), MadeHeap::kBase + 48));
    }
  }
  MadeHeap made;
  made.span({});
  made.word(MadeHeap::kArena, 0x1234567890);  // no span there
  CHECK_FALSE(made.heap().place(LoadAddr(MadeHeap::kBase)));
}
