// The Go heap: from an address to the span and the object that it lies in (runtime/mheap.go, mbitmap.go).
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/heap/heap_layout.h"
#include "core/target/memory.h"

namespace lldbgo {

enum class SpanState : std::uint8_t { dead = 0, in_use = 1, manual = 2 };

/// One runtime.mspan.
struct HeapSpan {
  LoadAddr span;
  Range<LoadAddr> pages;
  SpanState state = SpanState::dead;
  std::uint8_t span_class = 0;  ///< size class << 1 | noscan
  std::uint64_t elemsize = 0, nelems = 0, freeindex = 0;
  LoadAddr limit;  ///< end of the objects
  LoadAddr alloc_bits, mark_bits;
  std::uint32_t sweepgen = 0;
  LoadAddr large_type;  ///< of the one object of a large span; 0 none
  bool user_arena = false;
  bool inline_marks = false;  ///< mark bits lie in the span itself (Green Tea, 1.25+)
  bool noscan() const { return (span_class & 1) != 0; }
  unsigned size_class() const { return span_class >> 1; }  ///< 0: one object, of a size of its own
};

/// What the arena map says of an address.
struct HeapPlace {
  bool arena = false;            ///< in memory that the heap has reserved
  std::optional<HeapSpan> span;  ///< in use or manual (stacks); absent: free pages
};

/// What the collector is doing, as far as mark bits depend on it.
enum class GcPhase { off, mark, mark_termination, unknown };
const char* gc_phase_name(GcPhase phase);  ///< "off"|"mark"|"marktermination"|""

struct HeapObject {
  LoadAddr base;           ///< of the slot, the type header included
  std::uint64_t size = 0;  ///< of the slot: the size class
  std::uint64_t index = 0;
  bool allocated = false;
  std::optional<bool> marked;  ///< absent: between two cycles nothing is
  std::uint64_t header = 0;    ///< bytes before what the program sees: 8 where there is a type header, else 0
  LoadAddr type;               ///< its descriptor, of the element where it is an array; 0 not recorded
};

/// A reader of one stop.
class Heap {
 public:
  /// `mheap`: address of runtime.mheap_. `memory` must outlive the object.
  Heap(Memory& memory, const HeapLayout& layout, LoadAddr mheap, GcPhase phase);

  /// Errors: unreadable, malformed (a span that does not hold together).
  Result<HeapPlace> place(LoadAddr at) const;
  /// Absent: `at` lies behind the last object, or the span holds none (a stack, free pages). Errors: unreadable.
  Result<std::optional<HeapObject>> object(const HeapSpan& span, LoadAddr at) const;

 private:
  Result<LoadAddr> arena_of(LoadAddr at) const;
  Result<HeapSpan> read_span(LoadAddr at) const;
  Result<bool> bit(LoadAddr bits, std::uint64_t index) const;
  std::optional<bool> marked(const HeapSpan& span, std::uint64_t index) const;

  Memory& memory_;
  const HeapLayout& layout_;
  LoadAddr mheap_;
  GcPhase phase_;
  std::optional<std::uint32_t> sweepgen_;
};

}  // namespace lldbgo
