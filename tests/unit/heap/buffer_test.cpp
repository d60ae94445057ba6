// Ps and their write barrier buffers, laid out as each Go version has them.
#include "core/heap/write_barrier_buffer.h"

#include "tests/unit/heap/heap_world.h"

using namespace lldbgo;
using testing::HeapWorld;
using testing::make_heap_world;

TEST_CASE("what a P has recorded") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto w = make_heap_world(version);
    if (!w) continue;
    std::uint64_t base = w->buffer().value;
    for (std::uint64_t i = 0; i < 6; ++i) w->word(base + i * 8, 0x1000 + i);
    w->fill(base + 4 * 8);
    auto list = read_processors(w->runtime->process(), *w->scheduler, w->layout);
    REQUIRE(list);
    CHECK(list->problems.empty());
    REQUIRE(list->processors.size() == 1);
    Processor& p = list->processors[0];
    CHECK(p.status == "running");
    CHECK(p.thread == testing::FakeRuntime::kThread);
    CHECK(p.goroutine == 1);
    CHECK_FALSE(p.mark_worker);
    CHECK(p.buffer.used == 4);
    CHECK(p.buffer.capacity == 512);
    REQUIRE(read_words(w->target(), w->layout, false, p.buffer));
    REQUIRE(p.buffer.words.size() == 4);
    for (std::uint64_t i = 0; i < 4; ++i) {
      const BarrierWord& word = p.buffer.words[i];
      CHECK(word.index == i);
      CHECK(word.word == 0x1000 + i);
      CHECK_FALSE(word.flushed);
      BarrierRole pair = i % 2 == 0 ? BarrierRole::new_value : BarrierRole::old_value;
      CHECK(word.role == (w->layout.facts.barrier_pairs ? pair : BarrierRole::value));
    }
    p.buffer.words.clear();
    REQUIRE(read_words(w->target(), w->layout, true, p.buffer));
    REQUIRE(p.buffer.words.size() == 512);
    CHECK_FALSE(p.buffer.words[3].flushed);
    CHECK(p.buffer.words[4].flushed);
    CHECK(p.buffer.words[5].word == 0x1005);
  }
}

TEST_CASE("buffers whose bounds make no sense are empty, and said to be") {
  auto w = make_heap_world(testing::sample_versions().back());
  if (!w) return;
  std::uint64_t base = w->buffer().value;
  for (std::uint64_t next : {std::uint64_t{0}, base - 8, base + 4, base + 4104, ~std::uint64_t{0}}) {
    CAPTURE(next);
    w->fill(next);
    auto list = read_processors(w->runtime->process(), *w->scheduler, w->layout);
    REQUIRE(list);
    REQUIRE(list->processors.size() == 1);
    CHECK(list->processors[0].buffer.used == 0);
    CHECK(list->problems.size() == 1);
  }
  w->fill(base);
  w->word(HeapWorld::kP + w->layout.p.buffer_end, base + 8);
  CHECK(read_processors(w->runtime->process(), *w->scheduler, w->layout)->problems.size() == 1);
}

TEST_CASE("a list of Ps that makes no sense") {
  auto w = make_heap_world(testing::sample_versions().back());
  if (!w) return;
  GoProcess& process = w->runtime->process();
  std::uint64_t allp = process.to_load(*process.image().global("runtime.allp")).value;
  w->word(allp + 8, std::uint64_t{1} << 40);
  CHECK(read_processors(process, *w->scheduler, w->layout).error().code == Errc::malformed);
  w->word(allp + 8, 1);
  w->word(allp, 0x10);
  auto list = read_processors(process, *w->scheduler, w->layout);
  REQUIRE(list);
  CHECK(list->processors.empty());
  CHECK(list->problems.size() == 1);
}
