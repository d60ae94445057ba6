// Byte offsets of what the heap's reader asks of the runtime's structs, resolved once per image.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/error.h"
#include "core/gofacts/go_image.h"
#include "core/gofacts/heap_facts.h"

namespace lldbgo {

struct HeapLayout {
  struct {
    std::uint64_t start, npages, freeindex, nelems, alloc_bits, mark_bits, sweepgen, spanclass, state, elemsize, limit;
    std::optional<std::uint64_t> large_type;  // 1.22+
    std::optional<std::uint64_t> user_arena;  // 1.20+
    unsigned index_bytes;                     // of freeindex and nelems: 8, from 1.22 on 2
    std::uint64_t bytes;                      // how much of an mspan has to be read
  } span{};
  struct {
    std::uint64_t spans;
    std::optional<std::uint64_t> inline_mark_pages;  // 1.25+
  } arena{};
  struct {
    std::uint64_t arenas, sweepgen;
  } heap{};
  struct {
    std::uint64_t id, status, m, buffer_next, buffer_end, buffer_words;
  } p{};
  std::optional<std::uint64_t> m_id;       ///< runtime.m.id
  std::optional<std::uint64_t> gc_cycles;  ///< runtime.mstats.numgc
  HeapFacts facts;
  Provenance from = Provenance::dwarf;  ///< the weakest source any offset came from

  /// Errors: not_found (a required field is neither in DWARF nor in the tables), malformed.
  static Result<HeapLayout> resolve(const GoImage& image);
};

}  // namespace lldbgo
