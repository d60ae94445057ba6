// What differs between Go versions in the heap and the write barrier, and no struct's layout tells.
#pragma once

#include <cstdint>

#include "core/gofacts/go_version.h"

namespace lldbgo {

struct HeapFacts {
  /// The write barrier's buffer holds pairs (new value, old value); else single words in an order the code decides.
  bool barrier_pairs = false;
  /// An object that holds pointers and is larger than kLargestHeapBits has its type in front (or, alone in its span, in
  /// the span).
  bool type_headers = false;
};

/// Objects up to this size have their pointer bits at the end of their span (1.22+).
inline constexpr std::uint64_t kLargestHeapBits = 512;

HeapFacts heap_facts(const GoVersion& version);

}  // namespace lldbgo
