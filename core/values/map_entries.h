// The entries of a map in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/target/memory.h"
#include "core/values/map_layout.h"

namespace lldbgo {

struct MapEntry {
  LoadAddr key, element;
};

struct MapEntries {
  std::vector<MapEntry> entries;  ///< in the order of memory, which stays while the map does not grow
  std::uint64_t count = 0;        ///< what the map says it has
  std::string problem;            ///< why entries can be missing; "" where all are here
};

/// At most `limit` entries of the map whose record (maps.Map or hmap) lies at `at`.
MapEntries swiss_entries(Memory& memory, const SwissLayout& layout, LoadAddr at, std::size_t limit);
MapEntries classic_entries(Memory& memory, const ClassicLayout& layout, LoadAddr at, std::size_t limit);
MapEntries map_entries(Memory& memory, const MapLayout& layout, LoadAddr at, std::size_t limit);

}  // namespace lldbgo
