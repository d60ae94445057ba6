#include "core/values/value_reader.h"

#include "core/values/format.h"

namespace lldbgo {

Result<TypePtr> ValueReader::type(std::string_view name) const {
  if (context_.dwarf() == nullptr) return fail(Errc::not_found, "types: the program has no debug information");
  return context_.dwarf()->type(name);
}

std::string ValueReader::summary(const GoValue& value) const {
  return format_value(context_, value);
}

Children ValueReader::children(const GoValue& value, unsigned depth) const {
  return children_of(context_, value, depth);
}

}  // namespace lldbgo
