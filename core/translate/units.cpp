#include "core/translate/units.h"

#include <dwarf.h>

#include <algorithm>

namespace lldbgo {
namespace {

constexpr std::size_t kMaxCode = 1 << 16, kMaxAttributes = 256, kMaxUnits = 1 << 20;

std::size_t fixed_size(std::uint16_t form, std::uint16_t version) {
  switch (form) {
    case DW_FORM_data1:
    case DW_FORM_ref1:
    case DW_FORM_flag:
    case DW_FORM_strx1:
    case DW_FORM_addrx1:
      return 1;
    case DW_FORM_data2:
    case DW_FORM_ref2:
    case DW_FORM_strx2:
    case DW_FORM_addrx2:
      return 2;
    case DW_FORM_strx3:
    case DW_FORM_addrx3:
      return 3;
    case DW_FORM_data4:
    case DW_FORM_ref4:
    case DW_FORM_strp:
    case DW_FORM_sec_offset:
    case DW_FORM_line_strp:
    case DW_FORM_strx4:
    case DW_FORM_addrx4:
    case DW_FORM_strp_sup:
    case DW_FORM_ref_sup4:
    case DW_FORM_GNU_strp_alt:
    case DW_FORM_GNU_ref_alt:
      return 4;
    case DW_FORM_ref_addr:
      return version == 2 ? 8 : 4;
    case DW_FORM_addr:
    case DW_FORM_data8:
    case DW_FORM_ref8:
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup8:
      return 8;
    case DW_FORM_data16:
      return 16;
    default:
      return 0;
  }
}

std::uint64_t little_endian(ByteReader& reader, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(reader.u8()) << (8 * i);
  return value;
}

Result<InfoUnit> read_header(ByteReader& reader, Bytes debug_info) {
  InfoUnit unit;
  unit.begin = reader.offset();
  std::uint32_t length = reader.u32();
  if (length >= 0xfffffff0) return fail(Errc::unsupported, ".debug_info: has units of 64-bit DWARF");
  if (!reader.ok() || length > reader.remaining())
    return fail(Errc::malformed, ".debug_info: a unit ends behind the section");
  unit.end = reader.offset() + length;
  ByteReader header(debug_info.first(unit.end), reader.offset());
  unit.version = header.u16();
  std::uint8_t address_size = 0;
  if (unit.version == 5) {
    std::uint8_t kind = header.u8();
    unit.compile_unit = kind == DW_UT_compile || kind == DW_UT_partial;
    address_size = header.u8();
    unit.shapes_offset_at = header.offset();
    unit.shapes_offset = header.u32();
    if (kind == DW_UT_skeleton || kind == DW_UT_split_compile) header.skip(8);
    if (kind == DW_UT_type || kind == DW_UT_split_type) header.skip(12);
  } else if (unit.version >= 2 && unit.version <= 4) {
    unit.shapes_offset_at = header.offset();
    unit.shapes_offset = header.u32();
    address_size = header.u8();
  } else {
    return fail(Errc::unsupported, ".debug_info: has units of DWARF version " + std::to_string(unit.version));
  }
  if (!header.ok() || address_size != 8)
    return fail(Errc::malformed, ".debug_info: the header of a unit makes no sense");
  unit.dies = header.offset();
  return unit;
}

}  // namespace

Result<std::shared_ptr<const DieShapes>> DieShapes::read(Bytes debug_abbrev, std::uint64_t offset) {
  auto out = std::make_shared<DieShapes>();
  ByteReader reader(debug_abbrev, offset);
  while (std::uint64_t code = reader.uvarint()) {
    if (!reader.ok()) break;
    if (code >= kMaxCode) return fail(Errc::limit, ".debug_abbrev: abbreviation " + std::to_string(code));
    DieShape shape;
    shape.tag_at = reader.offset();
    shape.tag = static_cast<std::uint16_t>(reader.uvarint());
    shape.children = reader.u8() != 0;
    for (;;) {
      AttributeShape attribute;
      attribute.name = static_cast<std::uint16_t>(reader.uvarint());
      attribute.form = static_cast<std::uint16_t>(reader.uvarint());
      if (attribute.form == DW_FORM_implicit_const) reader.uvarint();
      if (!reader.ok() || (attribute.name == 0 && attribute.form == 0)) break;
      if (shape.attributes.size() >= kMaxAttributes) return fail(Errc::limit, ".debug_abbrev: a DIE of 256 attributes");
      shape.attributes.push_back(attribute);
    }
    if (out->shapes_.size() <= code) out->shapes_.resize(code + 1);
    out->shapes_[code] = std::move(shape);
  }
  if (!reader.ok()) return fail(Errc::malformed, ".debug_abbrev: a table ends behind the section");
  return std::shared_ptr<const DieShapes>(std::move(out));
}

std::optional<std::uint64_t> DieShapes::with_form(const DieShape& shape, std::uint16_t attribute,
                                                  std::uint16_t form) const {
  auto same = [&](const AttributeShape& a, const AttributeShape& b) {
    return a.name == b.name && b.form == (a.name == attribute ? form : a.form);
  };
  constexpr std::size_t kMost = 256;  // gc has some fifty
  for (std::size_t code = 1; code < std::min(shapes_.size(), kMost); ++code) {
    const DieShape& other = shapes_[code];
    if (other.tag == shape.tag && other.children == shape.children &&
        std::equal(shape.attributes.begin(), shape.attributes.end(), other.attributes.begin(), other.attributes.end(),
                   same))
      return code;
  }
  return std::nullopt;
}

Result<std::vector<InfoUnit>> read_units(Bytes debug_info, Bytes debug_abbrev) {
  std::vector<InfoUnit> units;
  std::map<std::uint64_t, std::shared_ptr<const DieShapes>> tables;
  ByteReader reader(debug_info);
  while (reader.remaining() > 0) {
    if (units.size() >= kMaxUnits) return fail(Errc::limit, ".debug_info: more than a million units");
    auto unit = read_header(reader, debug_info);
    if (!unit) return pass(unit);
    auto [known, added] = tables.try_emplace(unit->shapes_offset);
    if (added) {
      auto table = DieShapes::read(debug_abbrev, unit->shapes_offset);
      if (!table) return pass(table);
      known->second = *table;
    }
    unit->shapes = known->second;
    reader.seek(unit->end);
    units.push_back(std::move(*unit));
  }
  return units;
}

bool skip_form(ByteReader& reader, std::uint16_t form, std::uint16_t version) {
  if (std::size_t size = fixed_size(form, version)) {
    reader.skip(size);
    return reader.ok();
  }
  switch (form) {
    case DW_FORM_string:
      reader.c_string(reader.remaining());
      break;
    case DW_FORM_block1:
      reader.skip(reader.u8());
      break;
    case DW_FORM_block2:
      reader.skip(reader.u16());
      break;
    case DW_FORM_block4:
      reader.skip(reader.u32());
      break;
    case DW_FORM_block:
    case DW_FORM_exprloc:
      reader.skip(reader.uvarint());
      break;
    case DW_FORM_sdata:
    case DW_FORM_udata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx:
      reader.uvarint();
      break;
    case DW_FORM_flag_present:
    case DW_FORM_implicit_const:
      break;
    default:
      return false;
  }
  return reader.ok();
}

std::uint64_t read_number(ByteReader& reader, std::uint16_t form, std::uint16_t version) {
  switch (form) {
    case DW_FORM_udata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx:
      return reader.uvarint();
    default:
      break;
  }
  std::size_t size = fixed_size(form, version);
  if (size > 0 && size <= 8) return little_endian(reader, size);
  if (!skip_form(reader, form, version)) reader.seek(SIZE_MAX);
  return 0;
}

}  // namespace lldbgo
