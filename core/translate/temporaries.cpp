#include "core/translate/temporaries.h"

#include <dwarf.h>

#include <string_view>

namespace lldbgo {

bool is_temporary(Bytes debug_info, const DieCursor& die) {
  if (die.tag() != DW_TAG_variable || die.has_children()) return false;
  const DieCursor::Attribute *name = die.find(DW_AT_name), *place = die.find(DW_AT_location);
  if (name == nullptr || name->form != DW_FORM_string || place == nullptr) return false;
  // Of an inlined function's own variable, which instances refer to, nothing says the place; a global variable has an
  // address, and its name is dotted, too.
  Bytes expression = DieCursor::block(debug_info, *place);
  bool local = place->form == DW_FORM_sec_offset || expression.empty() || expression[0] == std::byte{DW_OP_fbreg} ||
               expression[0] == std::byte{DW_OP_call_frame_cfa};
  ByteReader reader(debug_info.first(name->end), name->at);
  return local && reader.c_string().find('.') != std::string_view::npos;
}

}  // namespace lldbgo
