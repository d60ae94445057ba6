#include "core/translate/expressions.h"

#include <dwarf.h>

#include "core/translate/bytes_out.h"

namespace lldbgo {
namespace {

/// Moves behind the operands of `op`; false: not one that gc or its linker writes.
bool skip_operands(ByteReader& reader, std::uint8_t op) {
  if (op >= DW_OP_lit0 && op <= DW_OP_lit31) return true;
  if (op >= DW_OP_reg0 && op <= DW_OP_reg31) return true;
  if (op >= DW_OP_breg0 && op <= DW_OP_breg31) {
    reader.uvarint();
    return reader.ok();
  }
  switch (op) {
    case DW_OP_addr:
    case DW_OP_const8u:
    case DW_OP_const8s:
      reader.skip(8);
      break;
    case DW_OP_const1u:
    case DW_OP_const1s:
      reader.skip(1);
      break;
    case DW_OP_const2u:
    case DW_OP_const2s:
      reader.skip(2);
      break;
    case DW_OP_const4u:
    case DW_OP_const4s:
      reader.skip(4);
      break;
    case DW_OP_fbreg:
    case DW_OP_constu:
    case DW_OP_consts:
    case DW_OP_plus_uconst:
    case DW_OP_regx:
    case DW_OP_piece:
    case DW_OP_addrx:
    case DW_OP_constx:
      reader.uvarint();
      break;
    case DW_OP_bregx:
      reader.uvarint();
      reader.uvarint();
      break;
    case DW_OP_implicit_value:
      reader.skip(reader.uvarint());
      break;
    case DW_OP_call_frame_cfa:
    case DW_OP_deref:
    case DW_OP_stack_value:
    case DW_OP_plus:
    case DW_OP_minus:
      break;
    default:
      return false;
  }
  return reader.ok();
}

}  // namespace

Coverage coverage(Bytes expression, std::uint64_t size) {
  if (expression.empty()) return Coverage::none;
  ByteReader reader(expression);
  std::uint64_t covered = 0;
  bool place = false, pieces = false, missing = false;
  while (reader.remaining() > 0) {
    std::uint8_t op = reader.u8();
    if (op == DW_OP_piece) {
      std::uint64_t bytes = reader.uvarint();
      missing = missing || !place || bytes > size - covered;
      if (!missing) covered += bytes;
      pieces = true;
      place = false;
    } else {
      if (!skip_operands(reader, op)) return Coverage::unknown;
      place = true;
    }
    if (!reader.ok()) return Coverage::unknown;
  }
  if (!pieces) return Coverage::single;
  return missing || place || covered != size ? Coverage::partial : Coverage::whole;
}

std::optional<std::vector<std::byte>> dereferenced(Bytes expression) {
  ByteReader reader(expression);
  std::uint8_t op = reader.u8();
  if (!reader.ok()) return {};
  BytesOut out;
  if (op >= DW_OP_reg0 && op <= DW_OP_reg31 && reader.remaining() == 0) {
    out.u8(op - DW_OP_reg0 + DW_OP_breg0);
    out.u8(0);
    return std::move(out).take();
  }
  reader.seek(0);
  while (reader.remaining() > 0) {  // memory that holds the pointer: nothing but an address computation
    op = reader.u8();
    bool address = op == DW_OP_fbreg || op == DW_OP_call_frame_cfa || op == DW_OP_addr || op == DW_OP_deref ||
                   op == DW_OP_plus_uconst || (op >= DW_OP_breg0 && op <= DW_OP_breg31);
    if (!address || !skip_operands(reader, op)) return {};
  }
  out.bytes(expression);
  out.u8(DW_OP_deref);
  return std::move(out).take();
}

}  // namespace lldbgo
