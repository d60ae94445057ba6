#include "core/heap/type_path.h"

namespace lldbgo {
namespace {

constexpr unsigned kMaxDepth = 32;

const char* part_of_two_words(TypeKind kind, std::uint64_t word) {
  switch (kind) {
    case TypeKind::string:
    case TypeKind::slice:
      return word == 0 ? ".ptr" : word == 1 ? ".len" : ".cap";
    case TypeKind::interface:
      return word == 0 ? ".type" : ".data";
    default:
      return nullptr;
  }
}

}  // namespace

std::string type_path(const TypePtr& type, std::uint64_t offset) {
  std::string out;
  const Type* t = type.get();
  for (unsigned depth = 0; t != nullptr && depth < kMaxDepth; ++depth) {
    if (t->kind == TypeKind::array && t->element && t->element->size != 0) {
      out += '[';
      out += std::to_string(offset / t->element->size);
      out += ']';
      offset %= t->element->size;
      t = t->element.get();
      continue;
    }
    if (t->kind == TypeKind::structure) {
      const Field* found = nullptr;
      for (const Field& f : t->fields) {
        if (f.type && f.offset <= offset && offset - f.offset < f.type->size) found = &f;
      }
      if (found == nullptr) break;
      out += "." + found->name;
      offset -= found->offset;
      t = found->type.get();
      continue;
    }
    if (const char* part = part_of_two_words(t->kind, offset / 8)) {
      out += part;
      offset %= 8;
    }
    break;
  }
  if (offset != 0) out.append("+").append(std::to_string(offset));
  return out;
}

}  // namespace lldbgo
