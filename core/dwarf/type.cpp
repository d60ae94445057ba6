#include "core/dwarf/type.h"

#include <algorithm>
#include <iterator>

namespace lldbgo {

TypeKind kind_of_reflect(std::uint64_t kind) {
  // clang-format off
  static constexpr TypeKind kKinds[] = {
      TypeKind::unknown, TypeKind::boolean,
      TypeKind::signed_int, TypeKind::signed_int, TypeKind::signed_int, TypeKind::signed_int, TypeKind::signed_int,
      TypeKind::unsigned_int, TypeKind::unsigned_int, TypeKind::unsigned_int, TypeKind::unsigned_int,
      TypeKind::unsigned_int, TypeKind::unsigned_int,
      TypeKind::floating, TypeKind::floating, TypeKind::complex, TypeKind::complex,
      TypeKind::array, TypeKind::channel, TypeKind::function, TypeKind::interface, TypeKind::map, TypeKind::pointer,
      TypeKind::slice, TypeKind::string, TypeKind::structure, TypeKind::unsafe_pointer,
  };
  // clang-format on
  return kind < std::size(kKinds) ? kKinds[kind] : TypeKind::unknown;
}

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
