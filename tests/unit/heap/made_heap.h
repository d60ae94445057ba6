// A heap of one arena written by hand: what the reader must make of it is known.
#pragma once

#include <cstring>

#include "core/heap/spans.h"
#include "tests/support/fake_target.h"

namespace lldbgo::testing {

class MadeHeap {
 public:
  static constexpr std::uint64_t kMheap = 0x500000, kMap = 0x7f0000000000, kArena = 0x7e0000000000,
                                 kSpans = 0x7d0000000000, kBits = 0x7c0000000000, kBase = 0xc000000000;

  explicit MadeHeap(std::uint64_t base = kBase) : base_(base) {
    layout.span = {0x18, 0x20, 0x30, 0x32, 0x40, 0x48, 0x58, 0x62, 0x63, 0x68, 0x70, 0x98, 0x65, 2, 0xa0};
    layout.arena = {0, 0x10c00};
    layout.heap = {0x100, 0x80};
    layout.facts.type_headers = true;
    map(kMheap, 0x1000);
    map(kArena, 0x12000);
    map(kSpans, 0x10000);
    map(kBits, 0x10000);
    std::uint64_t index = (base + 0x800000000000) >> 26;
    map(kMap + index * 8, 8);
    word(kMheap + 0x100, kMap);
    word(kMheap + 0x80, 10);  // sweepgen
    word(kMap + index * 8, kArena);
  }

  void map(std::uint64_t at, std::uint64_t size) { memory.map({LoadAddr(at), LoadAddr(at + size)}); }
  void word(std::uint64_t at, std::uint64_t value) { memory.write_word(LoadAddr(at), value); }
  template <class T>
  void put(std::uint64_t at, T value) {
    std::byte raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    memory.write(LoadAddr(at), raw);
  }

  struct Made {
    std::uint64_t page = 0, npages = 1, elemsize = 48;
    std::uint16_t nelems = 160, freeindex = 3;
    std::uint8_t span_class = 8, state = 1;
    std::uint32_t sweepgen = 10;
  };
  /// Returns the span's address; its bitmaps are at bits(), 256 bytes each.
  std::uint64_t span(const Made& made) {
    std::uint64_t at = kSpans + count_ * 0x100, start = base_ + made.page * 8192;
    put(at + 0x18, start);
    put(at + 0x20, made.npages);
    put(at + 0x30, made.freeindex);
    put(at + 0x32, made.nelems);
    put(at + 0x40, bits());
    put(at + 0x48, bits() + 256);
    put(at + 0x58, made.sweepgen);
    put(at + 0x62, made.span_class);
    put(at + 0x63, made.state);
    put(at + 0x68, made.elemsize);
    put(at + 0x70, start + made.nelems * made.elemsize);
    for (std::uint64_t i = 0; i < made.npages; ++i) word(kArena + (made.page + i) * 8, at);
    ++count_;
    return at;
  }
  std::uint64_t bits() const { return kBits + count_ * 512; }
  Heap heap(GcPhase phase = GcPhase::off) { return Heap(memory, layout, LoadAddr(kMheap), phase); }

  FakeTarget memory;
  HeapLayout layout;

 private:
  std::uint64_t base_, count_ = 0;
};

}  // namespace lldbgo::testing
