// What an address is, in a process that was made by hand over a real program.
#include "core/heap/address.h"

#include <random>

#include "core/heap/type_path.h"
#include "tests/unit/heap/heap_world.h"

using namespace lldbgo;
using testing::HeapWorld;
using testing::make_heap_world;
using Kind = AddressFacts::Kind;

TEST_CASE("one address of every kind, in every Go version") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto w = make_heap_world(version);
    if (!w) continue;
    GoProcess& process = w->runtime->process();
    Addresses addresses(process, w->scheduler.get());
    CHECK(addresses.problems().empty());
    CHECK(addresses.gc().phase == GcPhase::off);

    auto func = process.image().pclntab().named("main.main").at(0);
    AddressFacts code = addresses.where(process.to_load(func.entry) + 5);
    CHECK(code.kind == Kind::function);
    CHECK(code.symbol == "main.main");
    CHECK(code.offset == 5);
    CHECK(code.section == ".text");
    CHECK(code.line != 0);

    AddressFacts variable = addresses.where(process.to_load(*process.image().global("runtime.allp")) + 8);
    CHECK(variable.kind == Kind::symbol);
    CHECK(variable.symbol == "runtime.allp");
    CHECK(variable.offset == 8);
    REQUIRE(variable.object);
    CHECK((variable.object->kind == ObjectFacts::Kind::bss));
    CHECK(variable.object->field == ".len");

    AddressFacts heap = addresses.where(LoadAddr(HeapWorld::kHeap + 3 * 64 + 7));
    CHECK(heap.kind == Kind::heap);
    CHECK(heap.offset == 7);
    REQUIRE(heap.object);
    CHECK(heap.object->base == LoadAddr(HeapWorld::kHeap + 3 * 64));
    CHECK(heap.object->span == LoadAddr(HeapWorld::kSpan));
    CHECK(heap.object->index == 3);
    CHECK(heap.object->size == 64);
    CHECK(heap.object->span_class == 10);
    CHECK(heap.object->allocated == true);
    CHECK(heap.object->marked == std::nullopt);
    CHECK(addresses.where(LoadAddr(HeapWorld::kHeap + 9 * 64)).object->allocated == false);
    CHECK_FALSE(addresses.where(LoadAddr(HeapWorld::kHeap + 100 * 64)).object->base);

    CHECK(addresses.where(LoadAddr(HeapWorld::kP)).kind == Kind::mapped);
    CHECK(addresses.where(LoadAddr()).kind == Kind::unmapped);
    CHECK(addresses.object(LoadAddr()).kind == ObjectFacts::Kind::nil);
    CHECK(addresses.object(LoadAddr(7)).kind == ObjectFacts::Kind::unknown);
    CHECK(addresses.object(LoadAddr(HeapWorld::kHeap)).kind == ObjectFacts::Kind::heap);
  }
}

TEST_CASE("the stack of a goroutine, where the heap is not known") {
  auto w = make_heap_world(testing::sample_versions().back());
  if (!w) return;
  w->word(w->mheap.value + w->layout.heap.arenas, 0);
  auto frames = w->runtime->plain_chain(w->g);
  w->runtime->stop_at(testing::FakeRuntime::kThread, frames.back());
  auto g = w->scheduler->by_id(1);
  REQUIRE(g);
  StackPlaces places(w->runtime->process(), *w->scheduler);
  auto place = places.goroutine(frames.back().sp);
  REQUIRE(place);
  CHECK(place->goroutine == 1);
  CHECK(place->frame == std::string(frames.back().func.name));
  CHECK_FALSE(place->below_sp);
  CHECK(places.goroutine(frames.back().sp - 8)->below_sp);
  CHECK_FALSE(places.goroutine(g->stack.hi));
  CHECK_FALSE(places.goroutine(g->stack.lo - 1));
  CHECK_FALSE(places.goroutine(LoadAddr(~std::uint64_t{0})));
}

TEST_CASE("any value has an answer") {
  std::mt19937_64 random(5);
  for (const std::string& version : testing::sample_versions()) {
    auto w = make_heap_world(version);
    if (!w) continue;
    Addresses addresses(w->runtime->process(), w->scheduler.get());
    for (int i = 0; i < 20000; ++i) {
      std::uint64_t value = random() >> (random() % 64);
      if (i % 4 == 0) value = HeapWorld::kHeap + random() % 0x4000 - 0x1000;
      AddressFacts facts = addresses.where(LoadAddr(value));
      CHECK(facts.address.value == value);
      addresses.object(LoadAddr(value));
    }
  }
}

TEST_CASE("paths of fields") {
  auto word = std::make_shared<Type>();
  word->kind = TypeKind::unsigned_int;
  word->size = 8;
  auto text = std::make_shared<Type>();
  text->kind = TypeKind::string;
  text->size = 16;
  auto whole = std::make_shared<Type>();
  whole->kind = TypeKind::structure;
  whole->size = 56;
  whole->fields = {{"first", 0, word, false}, {"name", 8, text, false}};
  auto list = std::make_shared<Type>();
  list->kind = TypeKind::array;
  list->size = 32;
  list->count = 4;
  list->element = word;
  whole->fields.push_back({"list", 24, list, false});
  struct Row {
    std::uint64_t offset;
    const char* path;
  };
  for (Row row : {Row{0, ".first"},
                  {3, ".first+3"},
                  {8, ".name.ptr"},
                  {16, ".name.len"},
                  {24, ".list[0]"},
                  {49, ".list[3]+1"},
                  {56, "+56"},
                  {1000, "+1000"}}) {
    CHECK(type_path(whole, row.offset) == row.path);
  }
  CHECK(type_path(nullptr, 4) == "+4");
  whole->fields.push_back({"hollow", 0, nullptr, false});  // a type that nobody describes
  CHECK(type_path(whole, 0) == ".first");
}
