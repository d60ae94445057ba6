// Rewrites a Go executable's debug information into what LLDB understands: the bridge's offline part. Code, data and
// symbols stay as they are; LLDB reads the copy in the program's place.
#pragma once

#include <cstddef>

#include "core/base/error.h"
#include "core/gofacts/go_image.h"

namespace lldbgo {

/// Changes whenever a translation of the same file would come out differently: copies of another are not used.
inline constexpr unsigned kTranslationVersion = 16;

struct Translation {
  std::size_t units = 0;                ///< Go units
  std::size_t typedefs = 0;             ///< type names added
  std::size_t map_entries = 0;          ///< structures added for entries of maps
  std::size_t heap_variables = 0;       ///< "&x" that became "x"
  std::size_t places_removed = 0;       ///< places of values in parts that do not hold all of it
  std::size_t places_limited = 0;       ///< variables that have their place from the declaration on
  std::size_t temporaries_removed = 0;  ///< variables that are none
};

/// Writes the translated copy to `descriptor`, an empty regular file open for writing. DWARF 2 to 5, compressed or not;
/// units of other languages stay as they are. Errors: not_found (no Go debug information; writing failed), malformed,
/// truncated, unsupported, limit.
Result<Translation> translate(const GoImage& image, int descriptor);

}  // namespace lldbgo
