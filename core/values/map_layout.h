// How the maps of one type lie in memory, as the program's own debug information says it.
#pragma once

#include <cstdint>
#include <variant>

#include "core/base/error.h"
#include "core/dwarf/dwarf_info.h"

namespace lldbgo {

/// Eight keys or elements of a group or bucket, from its start.
struct MapRow {
  std::uint64_t first = 0, stride = 0;
  bool indirect = false;  ///< pointers to them: they have more than 128 bytes
};

/// internal/runtime/maps (1.24+): offsets in Map and table, then the group.
struct SwissLayout {
  std::uint64_t used = 0, directory = 0, directory_length = 0;  // of Map
  std::uint64_t groups = 0, length_mask = 0;                    // of table
  std::uint64_t group_size = 0, control = 0;
  MapRow keys, elements;
};

/// runtime/map.go (until 1.23, and 1.24 and 1.25 without the swissmap experiment): offsets in hmap, then the bucket.
struct ClassicLayout {
  std::uint64_t count = 0, flags = 0, log_buckets = 0, buckets = 0, old_buckets = 0;  // of hmap
  std::uint64_t bucket_size = 0, tophash = 0, overflow = 0;
  MapRow keys, elements;
};

struct MapLayout {
  TypePtr key, element;
  std::variant<SwissLayout, ClassicLayout> table;
};

/// Errors: not_found, malformed (no map has this layout).
Result<MapLayout> map_layout(const DwarfInfo& dwarf, const Type& map);

}  // namespace lldbgo
