#include "core/dwarf/type.h"

#include <algorithm>

namespace lldbgo {

std::optional<Field> find_field(const Type& structure, std::string_view path) {
  std::string_view name = path.substr(0, path.find('.'));
  auto it =
      std::find_if(structure.fields.begin(), structure.fields.end(), [&](const Field& f) { return f.name == name; });
  if (it == structure.fields.end()) return {};
  if (name.size() == path.size()) return *it;
  auto inner = find_field(*it->type, path.substr(name.size() + 1));
  if (inner) inner->offset += it->offset;
  return inner;
}

}  // namespace lldbgo
