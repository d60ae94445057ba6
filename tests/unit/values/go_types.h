// Go types for tests, as the DWARF reader builds them.
#pragma once

#include <utility>
#include <vector>

#include "core/dwarf/type.h"

namespace lldbgo::test {

inline TypePtr scalar(TypeKind kind, const char* name, std::uint64_t size, std::uint64_t align = 0) {
  auto t = std::make_shared<Type>();
  t->kind = kind;
  t->name = name;
  t->size = size;
  t->align = align != 0 ? align : size;
  return t;
}
inline TypePtr integer(const char* name = "int", std::uint64_t size = 8) {
  return scalar(TypeKind::signed_int, name, size);
}
inline TypePtr unsigned_integer(const char* name, std::uint64_t size) {
  return scalar(TypeKind::unsigned_int, name, size);
}
inline TypePtr float64() {
  return scalar(TypeKind::floating, "float64", 8);
}
inline TypePtr float32() {
  return scalar(TypeKind::floating, "float32", 4);
}
inline TypePtr boolean() {
  return scalar(TypeKind::boolean, "bool", 1);
}
inline TypePtr string() {
  return scalar(TypeKind::string, "string", 16, 8);
}
inline TypePtr any() {
  auto t = std::make_shared<Type>(*scalar(TypeKind::interface, "interface {}", 16, 8));
  t->empty_interface = true;
  return t;
}
inline TypePtr error() {
  return scalar(TypeKind::interface, "error", 16, 8);
}
inline TypePtr pointer(const char* name) {
  return scalar(TypeKind::pointer, name, 8);
}

inline TypePtr slice(const char* name, TypePtr element) {
  auto t = std::make_shared<Type>(*scalar(TypeKind::slice, name, 24, 8));
  t->element = std::move(element);
  return t;
}
inline TypePtr array(const char* name, std::uint64_t count, TypePtr element) {
  auto t = std::make_shared<Type>();
  t->kind = TypeKind::array;
  t->name = name;
  t->count = count;
  t->size = count * element->size;
  t->align = element->align;
  t->element = std::move(element);
  return t;
}
/// Fields laid out as Go does: each at its own alignment.
inline TypePtr structure(const char* name, const std::vector<std::pair<const char*, TypePtr>>& fields) {
  auto t = std::make_shared<Type>();
  t->kind = TypeKind::structure;
  t->name = name;
  std::uint64_t at = 0;
  for (const auto& [field, type] : fields) {
    at = (at + type->align - 1) / type->align * type->align;
    t->fields.push_back({field, at, type, false});
    t->align = std::max(t->align, type->align);
    at += type->size;
  }
  t->size = (at + t->align - 1) / t->align * t->align;
  return t;
}

}  // namespace lldbgo::test
