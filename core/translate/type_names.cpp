#include "core/translate/type_names.h"

#include <dwarf.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <tuple>

namespace lldbgo {
namespace {

constexpr std::uint8_t kUnit = 1, kTypedef = 2, kEntry = 3, kMember = 4;

/// Clang tells types of these kinds apart by their structure alone.
bool loses_its_name(const GoTypeDie& type) {
  switch (type.tag) {
    case DW_TAG_base_type:
    case DW_TAG_pointer_type:
    case DW_TAG_array_type:
    case DW_TAG_subroutine_type:
      return !type.name.empty();
    default:
      return false;
  }
}

// clang-format off
constexpr std::array<std::uint8_t, 39> kTable{
    kUnit, DW_TAG_compile_unit, DW_CHILDREN_yes, DW_AT_language, DW_FORM_data1, DW_AT_name, DW_FORM_string, 0, 0,
    kTypedef, DW_TAG_typedef, DW_CHILDREN_no, DW_AT_name, DW_FORM_string, DW_AT_type, DW_FORM_ref_addr, 0, 0,
    kEntry, DW_TAG_structure_type, DW_CHILDREN_yes, DW_AT_name, DW_FORM_string, DW_AT_byte_size, DW_FORM_udata, 0, 0,
    kMember, DW_TAG_member, DW_CHILDREN_no, DW_AT_name, DW_FORM_string, DW_AT_type, DW_FORM_ref_addr,
    DW_AT_data_member_location, DW_FORM_udata, 0, 0,
    0};
// clang-format on

}  // namespace

Bytes TypeNames::abbreviations() {
  return std::as_bytes(std::span(kTable));
}

TypeNames::TypeNames(const std::vector<GoTypeDie>& types, const std::vector<std::uint64_t>& moved,
                     std::uint64_t unit_at, std::uint64_t abbreviations_at, std::uint16_t version)
    : types_(types), moved_(moved), unit_at_(unit_at), typedef_of_(types.size(), 0) {
  out_.u32(0);  // length: known at the end
  out_.u16(version);
  if (version >= 5) {
    out_.u8(DW_UT_compile);
    out_.u8(8);
    out_.u32(abbreviations_at);
  } else {
    out_.u32(abbreviations_at);
    out_.u8(8);
  }
  out_.u8(kUnit);
  out_.u8(DW_LANG_C99);
  out_.c_string("names of Go types");
}

std::uint64_t TypeNames::reference(std::size_t index) {
  const GoTypeDie& type = types_[index];
  if (type.tag == DW_TAG_typedef && type.name.starts_with(".param")) {
    auto shape = std::lower_bound(types_.begin(), types_.end(), type.target,
                                  [](const GoTypeDie& t, std::uint64_t at) { return t.offset < at; });
    bool named = shape != types_.end() && shape->offset == type.target && !shape->name.starts_with(".param");
    if (named) return reference(static_cast<std::size_t>(shape - types_.begin()));
  }
  if (!loses_its_name(type)) return moved_[index];
  std::uint64_t& at = typedef_of_[index];
  if (at == 0) {
    at = unit_at_ + out_.size();
    out_.u8(kTypedef);
    out_.c_string(type.name);
    out_.u32(moved_[index]);
    ++count_;
  }
  return at;
}

void TypeNames::add_map_entry(std::size_t index, std::size_t key, std::size_t element, std::uint64_t key_size,
                              std::uint64_t element_size) {
  // The references may have to make typedefs, which cannot stand within the structure.
  std::uint64_t key_at = reference(key), element_at = reference(element);
  std::uint64_t value_offset = (key_size + 7) / 8 * 8;
  out_.u8(kEntry);
  out_.c_string("entry " + std::string(types_[index].name));
  out_.uleb(value_offset + element_size);
  for (auto [name, at, offset] :
       {std::tuple("key", key_at, std::uint64_t{0}), std::tuple("value", element_at, value_offset)}) {
    out_.u8(kMember);
    out_.c_string(name);
    out_.u32(at);
    out_.uleb(offset);
  }
  out_.u8(0);
}

std::vector<std::byte> TypeNames::unit() && {
  out_.u8(0);
  out_.put_u32(0, out_.size() - 4);
  return std::move(out_).take();
}

}  // namespace lldbgo
