// A process of a real program with one goroutine, one P and a heap of one span, written by hand.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/heap/address.h"
#include "core/heap/write_barrier_buffer.h"
#include "tests/support/fake_runtime.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

namespace lldbgo::testing {

struct HeapWorld {
  static constexpr std::uint64_t kP = 0x7b0000000000, kAllp = 0x7b0000010000, kMap = 0x7a0000000000,
                                 kArena = 0x790000000000, kSpan = 0x780000000000, kBits = 0x780000010000,
                                 kHeap = 0xc100000000;
  std::unique_ptr<FakeRuntime> runtime;
  HeapLayout layout;
  Goroutine g;
  std::unique_ptr<Scheduler> scheduler;
  LoadAddr mheap;

  FakeTarget& target() { return runtime->target(); }
  void word(std::uint64_t at, std::uint64_t value) { target().write_word(LoadAddr(at), value); }
  template <class T>
  void put(std::uint64_t at, T value) {
    std::byte raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    target().write(LoadAddr(at), raw);
  }
  LoadAddr buffer() const { return LoadAddr(kP + layout.p.buffer_words); }
  void fill(std::uint64_t next) {
    word(kP + layout.p.buffer_next, next);
    word(kP + layout.p.buffer_end, buffer().value + 4096);
  }
};

/// With a symbol table only: where variables are is written by their names.
inline std::optional<HeapWorld> make_heap_world(const std::string& version) {
  auto path = sample(version, "plain");
  if (!path) {
    WARN("no sample of Go " << version << ": skipped");
    return std::nullopt;
  }
  HeapWorld w;
  w.runtime = std::move(*FakeRuntime::open(*path));
  w.g = w.runtime->add_goroutine(1, GStatus::running);
  Machine m = w.runtime->add_machine(FakeRuntime::kThread, w.g);
  w.target().select(FakeRuntime::kThread);
  w.scheduler = std::move(*Scheduler::open(w.runtime->process()));
  const GoImage& image = w.runtime->process().image();
  auto layout = HeapLayout::resolve(image);
  REQUIRE(layout);
  w.layout = *layout;
  for (auto [at, size] : {std::pair{HeapWorld::kP, 0x8000},
                          {HeapWorld::kAllp, 0x1000},
                          {HeapWorld::kSpan, 0x1000},
                          {HeapWorld::kBits, 0x1000},
                          {HeapWorld::kArena, 0x220000},
                          {HeapWorld::kHeap, 0x2000}}) {
    w.target().map({LoadAddr(at), LoadAddr(at + static_cast<std::uint64_t>(size))});
  }
  auto global = [&](const char* name) { return w.runtime->process().to_load(*image.global(name)).value; };
  w.word(global("runtime.allp"), HeapWorld::kAllp);
  w.word(global("runtime.allp") + 8, 1);
  w.word(global("runtime.allp") + 16, 1);
  w.word(HeapWorld::kAllp, HeapWorld::kP);
  w.put<std::uint32_t>(HeapWorld::kP + w.layout.p.status, 1);
  w.word(HeapWorld::kP + w.layout.p.m, m.m.value);
  w.fill(w.buffer().value);

  w.mheap = LoadAddr(global("runtime.mheap_"));
  std::uint64_t index = (HeapWorld::kHeap + 0x800000000000) >> 26;
  w.target().map({LoadAddr(HeapWorld::kMap + index * 8), LoadAddr(HeapWorld::kMap + index * 8 + 8)});
  w.word(w.mheap.value + w.layout.heap.arenas, HeapWorld::kMap);
  w.word(HeapWorld::kMap + index * 8, HeapWorld::kArena);
  const auto& f = w.layout.span;
  w.word(HeapWorld::kArena + w.layout.arena.spans + ((HeapWorld::kHeap >> 13) & 8191) * 8, HeapWorld::kSpan);
  w.word(HeapWorld::kSpan + f.start, HeapWorld::kHeap);
  w.word(HeapWorld::kSpan + f.npages, 1);
  w.word(HeapWorld::kSpan + f.elemsize, 64);
  w.word(HeapWorld::kSpan + f.limit, HeapWorld::kHeap + 100 * 64);
  w.word(HeapWorld::kSpan + f.alloc_bits, HeapWorld::kBits);
  w.word(HeapWorld::kSpan + f.mark_bits, HeapWorld::kBits + 256);
  w.put<std::uint8_t>(HeapWorld::kSpan + f.spanclass, 10);
  w.put<std::uint8_t>(HeapWorld::kSpan + f.state, 1);
  if (f.index_bytes == 2) {
    w.put<std::uint16_t>(HeapWorld::kSpan + f.nelems, 100);
    w.put<std::uint16_t>(HeapWorld::kSpan + f.freeindex, 7);
  } else {
    w.put<std::uint64_t>(HeapWorld::kSpan + f.nelems, 100);
    w.put<std::uint64_t>(HeapWorld::kSpan + f.freeindex, 7);
  }
  return w;
}

}  // namespace lldbgo::testing
