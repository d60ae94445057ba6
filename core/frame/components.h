// The machine words of a Go value, with the names a reader knows them by: "s.ptr", "b.len", "p.q.x", "arr[3]".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/dwarf/type.h"

namespace lldbgo {

struct Component {
  std::string suffix;        ///< ".ptr", "[3].x"; "" where the value is one word
  std::uint64_t offset = 0;  ///< in the value
  std::uint64_t size = 0;    ///< at most 8, except for a run that is cut at the limit
  std::string type;          ///< Go spelling; "" unknown
  bool pointer = false;
  bool known = true;  ///< the type says whether it is a pointer
  /// In the value, the word by which pointer maps tell of this one. gc marks an interface at its second word only: the
  /// first never leads to what the collector frees (cmd/compile/internal/typebits).
  std::uint64_t marked_at = 0;
  /// Pointer maps mark this very word.
  bool marked() const { return pointer && marked_at == offset; }
  const Type* leaf =
      nullptr;    ///< scalar type to format the word with; null: a part of a string, slice, ... or several elements
  TypePtr whole;  ///< set on the first word of a string, slice, interface or complex: the type it is part of
};

/// In ascending order, without overlap; padding is left out. Elements shorter than a word of an array longer than two
/// words come eight bytes at a time ("arr[8:16]"). At most `limit` components: what is left is one long component.
/// `type` must outlive the result.
std::vector<Component> components_of(const TypePtr& type, std::size_t limit = 1024);

}  // namespace lldbgo
