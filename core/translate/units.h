// The units of .debug_info and the shape of their DIEs, for a reader that wants the bytes rather than the meaning.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/base/error.h"

namespace lldbgo {

struct AttributeShape {
  std::uint16_t name = 0;  ///< DW_AT_*
  std::uint16_t form = 0;  ///< DW_FORM_*
};

struct DieShape {
  std::uint16_t tag = 0;  ///< DW_TAG_*
  bool children = false;
  std::uint64_t tag_at = 0;  ///< where .debug_abbrev says the tag
  std::vector<AttributeShape> attributes;
};

/// One table of .debug_abbrev: what each abbreviation code stands for.
class DieShapes {
 public:
  /// The table at `offset`. Errors: malformed, limit.
  static Result<std::shared_ptr<const DieShapes>> read(Bytes debug_abbrev, std::uint64_t offset);
  /// nullptr where the table does not have the code.
  const DieShape* find(std::uint64_t code) const {
    return code < shapes_.size() && shapes_[code].tag != 0 ? &shapes_[code] : nullptr;
  }
  /// The code of the shape that has another form for one attribute and is the same else; of very many the first ones.
  std::optional<std::uint64_t> with_form(const DieShape& shape, std::uint16_t attribute, std::uint16_t form) const;
  const std::vector<DieShape>& all() const { return shapes_; }  ///< by code; tag 0: no such code

 private:
  std::vector<DieShape> shapes_;
};

/// A unit of .debug_info; offsets count from the start of the section.
struct InfoUnit {
  std::uint64_t begin = 0, dies = 0, end = 0;  ///< header, first DIE, behind the last DIE
  std::uint16_t version = 0;                   ///< 2..5
  bool compile_unit = true;                    ///< false: a type unit or a skeleton
  std::uint64_t shapes_offset = 0, shapes_offset_at = 0;
  std::shared_ptr<const DieShapes> shapes;
};

/// Every unit of the section. Errors: malformed, unsupported (64-bit DWARF, an unknown version), limit.
Result<std::vector<InfoUnit>> read_units(Bytes debug_info, Bytes debug_abbrev);

/// Moves `reader` behind a value of `form` in a unit of `version`; false: a form we do not know, or the end of the
/// bytes.
bool skip_form(ByteReader& reader, std::uint16_t form, std::uint16_t version);

/// The value of a constant, offset, index or reference form; moves `reader` behind it. 0 for any other form, which is
/// skipped; not ok() where skip_form would be false.
std::uint64_t read_number(ByteReader& reader, std::uint16_t form, std::uint16_t version);

}  // namespace lldbgo
