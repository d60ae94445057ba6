#include "core/translate/type_names.h"

#include <dwarf.h>

#include <array>
#include <span>

namespace lldbgo {
namespace {

constexpr std::uint8_t kUnit = 1, kTypedef = 2;

/// Clang tells types of these kinds apart by their structure alone.
bool loses_its_name(const GoTypeDie& type) {
  switch (type.tag) {
    case DW_TAG_base_type: case DW_TAG_pointer_type: case DW_TAG_array_type: case DW_TAG_subroutine_type:
      return !type.name.empty();
    default:
      return false;
  }
}

// clang-format off
constexpr std::array<std::uint8_t, 19> kTable{
    kUnit, DW_TAG_compile_unit, DW_CHILDREN_yes, DW_AT_language, DW_FORM_data1, DW_AT_name, DW_FORM_string, 0, 0,
    kTypedef, DW_TAG_typedef, DW_CHILDREN_no, DW_AT_name, DW_FORM_string, DW_AT_type, DW_FORM_ref_addr, 0, 0,
    0};
// clang-format on

}  // namespace

Bytes TypeNames::abbreviations() { return std::as_bytes(std::span(kTable)); }

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

std::vector<std::byte> TypeNames::unit() && {
  out_.u8(0);
  out_.put_u32(0, out_.size() - 4);
  return std::move(out_).take();
}

}  // namespace lldbgo
