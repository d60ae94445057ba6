// How Go's linker writes types (cmd/link/internal/ld/dwarf.go newtype, 1.15..1.27):
//   * every DIE of a Go type carries DW_AT_go_kind (reflect.Kind) and DW_AT_go_runtime_type, which has the form of an
//     address but holds the offset of the type's descriptor from runtime.types;
//   * a defined struct, interface or func type T is a typedef T of another DIE of the same name;
//   * string and slice are structures {str,len} and {array,len,cap}, told from others by their go_kind only;
//   * an interface is a typedef of runtime.iface or runtime.eface; a map or channel is a typedef of a pointer to the
//     runtime's own record; a func is a subroutine type of the size of a pointer.
// A type contains only what its bytes contain, so reading one always ends; what pointers and slices lead to is read
// when asked for.
#include "core/dwarf/types.h"

#include <dwarf.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace lldbgo {
namespace {

constexpr unsigned kGoKind = 0x2900, kGoKey = 0x2901, kGoElem = 0x2902, kGoEmbedded = 0x2903, kGoRuntimeType = 0x2904,
                   kGoDictIndex = 0x2906;
constexpr std::uint64_t kWord = 8;
constexpr unsigned kMaxDepth = 64, kMaxTypedefs = 16;
constexpr std::size_t kMaxFields = 4096, kMaxCached = 1 << 20;
constexpr std::uint32_t kMaxParts = 1 << 16;
// No value is larger than the address space; the bound keeps sums of offsets and sizes far from overflow.
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 47;

constexpr std::uint64_t kNoKind = 0;
constexpr std::uint64_t kKindMask = 0x1f;  // until Go 1.25 the descriptor's byte has flags in the upper bits

TypeKind kind_of_encoding(std::uint64_t encoding) {  // C, and Go's few base types without a kind
  switch (encoding) {
    case DW_ATE_boolean:
      return TypeKind::boolean;
    case DW_ATE_signed:
    case DW_ATE_signed_char:
      return TypeKind::signed_int;
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
      return TypeKind::unsigned_int;
    case DW_ATE_float:
      return TypeKind::floating;
    case DW_ATE_complex_float:
      return TypeKind::complex;
    default:
      return TypeKind::unknown;
  }
}

TypeKind kind_of_tag(int tag) {
  switch (tag) {
    case DW_TAG_pointer_type:
      return TypeKind::pointer;
    case DW_TAG_structure_type:
      return TypeKind::structure;
    case DW_TAG_array_type:
      return TypeKind::array;
    case DW_TAG_subroutine_type:
      return TypeKind::function;
    case DW_TAG_enumeration_type:
      return TypeKind::unsigned_int;
    default:
      return TypeKind::unknown;
  }
}

std::string name_of(Dwarf_Die& die) {
  const char* name = dwarf_diename(&die);
  return name != nullptr ? name : "";
}

bool is_alias(int tag) {
  return tag == DW_TAG_typedef || tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
         tag == DW_TAG_restrict_type;
}

TypePtr unknown_type() {
  static const TypePtr type = std::make_shared<Type>();
  return type;
}

// gc's alignment on amd64: nothing is aligned to more than a word.
std::uint64_t scalar_align(const Type& type) {
  std::uint64_t unit = type.kind == TypeKind::complex ? type.size / 2 : type.size;
  return unit == 1 || unit == 2 || unit == 4 ? unit : unit == 0 ? 1 : kWord;
}

bool absurd(const Type& type) {
  return type.size > kMaxSize || type.parts > kMaxParts ||
         std::any_of(type.fields.begin(), type.fields.end(), [](const Field& f) { return f.offset > kMaxSize; });
}

}  // namespace

std::uint64_t unsigned_attribute(Dwarf_Die& die, unsigned name, std::uint64_t fallback) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (dwarf_attr_integrate(&die, name, &attribute) == nullptr || dwarf_formudata(&attribute, &value) != 0)
    return fallback;
  return value;
}

bool flag_attribute(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  bool value = false;
  return dwarf_attr_integrate(&die, name, &attribute) != nullptr && dwarf_formflag(&attribute, &value) == 0 && value;
}

std::uint64_t go_kind(Dwarf_Die& die) {
  return unsigned_attribute(die, kGoKind) & kKindMask;
}

std::uint64_t descriptor_offset(Dwarf_Die& die) {
  // An index into .debug_addr (DWARF 5) is nothing dwarf_formudata reads.
  Dwarf_Attribute attribute;
  Dwarf_Addr value = 0;
  return dwarf_attr(&die, kGoRuntimeType, &attribute) != nullptr && dwarf_formaddr(&attribute, &value) == 0 ? value : 0;
}

bool to_sibling(Dwarf_Die& die) {
  Dwarf_Die next;
  if (dwarf_siblingof(&die, &next) != 0 || dwarf_dieoffset(&next) <= dwarf_dieoffset(&die)) return false;
  die = next;
  return true;
}

std::optional<Dwarf_Die> referenced(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  Dwarf_Die target;
  if (dwarf_attr_integrate(&die, name, &attribute) == nullptr || dwarf_formref_die(&attribute, &target) == nullptr)
    return {};
  return target;
}

std::optional<Dwarf_Die> TypeReader::resolved(Dwarf_Die die) {
  for (unsigned i = 0; i < kMaxTypedefs; ++i) {
    if (!is_alias(dwarf_tag(&die))) return die;
    auto target = referenced(die, DW_AT_type);
    if (!target) return {};
    die = *target;
  }
  return {};
}

TypePtr TypeReader::of(Dwarf_Die& die) {
  return with_element(read_target(die, 0));
}

TypePtr TypeReader::read_target(Dwarf_Die& die, unsigned depth) {
  auto target = referenced(die, DW_AT_type);
  return target ? read(*target, depth) : unknown_type();
}

TypePtr TypeReader::with_element(TypePtr type) {
  if (type->kind != TypeKind::slice || type->element) return type;
  auto pointer = pointer_of(*type);
  if (!pointer) return type;
  auto copy = std::make_shared<Type>(*type);
  copy->element = read_target(*pointer, 0);  // not its element in turn: `type T []T` has no last one
  return copy;
}

TypePtr TypeReader::read(Dwarf_Die die, unsigned depth) {
  if (depth > kMaxDepth) return unknown_type();
  Dwarf_Off offset = dwarf_dieoffset(&die);
  if (auto it = types_.find(offset); it != types_.end()) return it->second;

  Type type;
  int tag = dwarf_tag(&die);
  std::uint64_t reflect_kind = go_kind(die);
  if (is_alias(tag) && reflect_kind == kNoKind) {
    type = *read_target(die, depth + 1);
    // A variable of generic code has a type `.param0`, which only stands for one of the function's dictionary (1.18+).
    bool placeholder = dwarf_hasattr(&die, kGoDictIndex) != 0;
    if (std::string name = name_of(die); !name.empty() && !placeholder) type.name = std::move(name);
  } else {
    type.kind = reflect_kind != kNoKind   ? kind_of_reflect(reflect_kind)
                : tag == DW_TAG_base_type ? kind_of_encoding(unsigned_attribute(die, DW_AT_encoding))
                                          : kind_of_tag(tag);
    // unsafe.Pointer has no go_kind; like C's void* it has no target either.
    if (tag == DW_TAG_pointer_type && !dwarf_hasattr(&die, DW_AT_type)) type.kind = TypeKind::unsafe_pointer;
    type.name = name_of(die);
    type.size = unsigned_attribute(die, DW_AT_byte_size);
    type.align = 0;
    switch (type.kind) {
      case TypeKind::structure:
        read_fields(die, type, depth);
        break;
      case TypeKind::array:
        read_array(die, type, depth);
        break;
      case TypeKind::interface:
        type.size = 2 * kWord;
        if (auto target = referenced(die, DW_AT_type)) type.empty_interface = name_of(*target) == "runtime.eface";
        break;
      case TypeKind::pointer:
      case TypeKind::unsafe_pointer:
      case TypeKind::map:
      case TypeKind::channel:
      case TypeKind::function:
        type.size = kWord;
        break;
      default:
        break;
    }
    if (type.align == 0) type.align = scalar_align(type);
  }
  if (absurd(type)) {
    Type unknown;
    unknown.name = std::move(type.name);
    if (type.size <= kMaxSize) unknown.size = type.size;
    type = std::move(unknown);
  }
  type.die_offset = offset;
  if (std::uint64_t descriptor = descriptor_offset(die); descriptor != 0) type.descriptor = descriptor;
  auto shared = std::make_shared<const Type>(std::move(type));
  if (types_.size() >= kMaxCached) types_.clear();  // never read without: what is shared would be read again and again
  types_.emplace(offset, shared);
  return shared;
}

void TypeReader::read_fields(Dwarf_Die& die, Type& type, unsigned depth) {
  type.align = 1;
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return;
  do {
    if (dwarf_tag(&child) != DW_TAG_member) continue;
    Field field;
    field.name = name_of(child);
    field.offset = unsigned_attribute(child, DW_AT_data_member_location);
    field.type = read_target(child, depth + 1);
    field.embedded = flag_attribute(child, kGoEmbedded);
    type.align = std::max(type.align, field.type->align);
    type.parts += field.type->parts;
    type.fields.push_back(std::move(field));
  } while (type.fields.size() < kMaxFields && to_sibling(child));
}

void TypeReader::read_array(Dwarf_Die& die, Type& type, unsigned depth) {
  type.element = read_target(die, depth + 1);
  type.align = type.element->align;
  type.parts += type.element->parts;
  Dwarf_Die child;
  if (dwarf_child(&die, &child) == 0 && dwarf_tag(&child) == DW_TAG_subrange_type) {
    type.count = unsigned_attribute(child, DW_AT_count);
    if (!dwarf_hasattr(&child, DW_AT_count) && dwarf_hasattr(&child, DW_AT_upper_bound))
      type.count = unsigned_attribute(child, DW_AT_upper_bound) + 1;
  }
  std::uint64_t size = 0;
  if (type.size == 0 && !__builtin_mul_overflow(type.count, type.element->size, &size)) type.size = size;
}

// The pointer DIE that a value of the type is or begins with.
std::optional<Dwarf_Die> TypeReader::pointer_of(const Type& type) {
  Dwarf_Die die;
  if (type.die_offset == 0 || dwarf_offdie(dwarf_, type.die_offset, &die) == nullptr) return {};
  auto target = resolved(die);
  if (target && (type.kind == TypeKind::slice || type.kind == TypeKind::string)) {
    Dwarf_Die member;  // the first one: `array` or `str`
    if (dwarf_child(&*target, &member) != 0) return {};
    auto pointer = referenced(member, DW_AT_type);
    target = pointer ? resolved(*pointer) : std::nullopt;
  }
  if (!target || dwarf_tag(&*target) != DW_TAG_pointer_type || !dwarf_hasattr(&*target, DW_AT_type)) return {};
  return target;
}

Result<TypePtr> TypeReader::pointee(const Type& type) {
  auto pointer = pointer_of(type);
  if (!pointer) return fail(Errc::not_found, fmt::format("type {}: points at nothing known", type.name));
  return of(*pointer);
}

Result<TypePtr> TypeReader::attribute_type(const Type& type, unsigned attribute) {
  Dwarf_Die die;
  bool found = type.die_offset != 0 && dwarf_offdie(dwarf_, type.die_offset, &die) != nullptr;
  for (unsigned i = 0; found && i < kMaxTypedefs; ++i) {
    if (auto target = referenced(die, attribute)) return with_element(read(*target, 0));
    auto next = is_alias(dwarf_tag(&die)) ? referenced(die, DW_AT_type) : std::nullopt;
    found = next.has_value();
    if (found) die = *next;
  }
  return fail(Errc::not_found, fmt::format("type {}: the debug information names no such part", type.name));
}

Result<TypePtr> TypeReader::key(const Type& type) {
  return attribute_type(type, kGoKey);
}

Result<TypePtr> TypeReader::element(const Type& type) {
  return attribute_type(type, kGoElem);
}

}  // namespace lldbgo
