// Walks the DIEs of one unit in the order of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/translate/units.h"

namespace lldbgo {

class DieCursor {
 public:
  /// An attribute of the current DIE: its form, and where its value starts in .debug_info.
  struct Attribute {
    std::uint16_t name = 0, form = 0;
    std::uint64_t at = 0, end = 0;
  };

  DieCursor(Bytes debug_info, const InfoUnit& unit)
      : info_(debug_info), unit_(unit), reader_(debug_info.first(unit.end), unit.dies) {}

  /// On to the next DIE or end of children; false at the end of the unit, and where its bytes make no sense (`failed`).
  bool next();
  bool failed() const { return failed_; }

  bool is_end_of_children() const { return shape_ == nullptr; }
  std::uint16_t tag() const { return shape_ != nullptr ? shape_->tag : std::uint16_t{0}; }
  bool has_children() const { return shape_ != nullptr && shape_->children; }
  const DieShape* shape() const { return shape_; }  ///< nullptr at an end of children
  std::uint64_t offset() const { return offset_; }
  std::uint64_t attributes_at() const { return attributes_at_; }  ///< behind the abbreviation code
  const std::vector<Attribute>& attributes() const { return attributes_; }

  const Attribute* find(std::uint16_t name) const {
    for (const Attribute& a : attributes_)
      if (a.name == name) return &a;
    return nullptr;
  }
  /// The number behind a constant, offset or reference attribute; absent where the DIE has none of that name.
  std::optional<std::uint64_t> number(std::uint16_t name) const;
  /// The bytes of a block or expression attribute.
  static Bytes block(Bytes debug_info, const Attribute& attribute);

 private:
  Bytes info_;
  const InfoUnit& unit_;
  ByteReader reader_;
  const DieShape* shape_ = nullptr;
  std::uint64_t offset_ = 0, attributes_at_ = 0;
  std::vector<Attribute> attributes_;
  bool failed_ = false;
};

}  // namespace lldbgo
