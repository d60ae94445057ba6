#include "core/translate/die_cursor.h"

#include <dwarf.h>

namespace lldbgo {

bool DieCursor::next() {
  if (failed_ || reader_.remaining() == 0) return false;
  offset_ = reader_.offset();
  attributes_.clear();
  std::uint64_t code = reader_.uvarint();
  attributes_at_ = reader_.offset();
  shape_ = nullptr;
  if (code == 0) return reader_.ok();
  shape_ = unit_.shapes->find(code);
  failed_ = shape_ == nullptr || !reader_.ok();
  if (failed_) return false;
  for (const AttributeShape& shape : shape_->attributes) {
    Attribute attribute{shape.name, shape.form, reader_.offset(), 0};
    if (!skip_form(reader_, shape.form, unit_.version)) {
      failed_ = true;
      return false;
    }
    attribute.end = reader_.offset();
    attributes_.push_back(attribute);
  }
  return true;
}

std::optional<std::uint64_t> DieCursor::number(std::uint16_t name) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr) return {};
  ByteReader reader(info_.first(attribute->end), attribute->at);
  return read_number(reader, attribute->form, unit_.version);
}

Bytes DieCursor::block(Bytes debug_info, const Attribute& attribute) {
  ByteReader reader(debug_info.first(attribute.end), attribute.at);
  switch (attribute.form) {
    case DW_FORM_block1:
      return reader.take(reader.u8());
    case DW_FORM_block2:
      return reader.take(reader.u16());
    case DW_FORM_block4:
      return reader.take(reader.u32());
    case DW_FORM_block:
    case DW_FORM_exprloc:
      return reader.take(reader.uvarint());
    default:
      return {};
  }
}

}  // namespace lldbgo
