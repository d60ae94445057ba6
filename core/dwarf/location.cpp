#include "core/dwarf/location.h"

#include <dwarf.h>

#include <algorithm>
#include <optional>

namespace lldbgo {
namespace {

constexpr std::size_t kMaxOps = 4096, kMaxPieces = 256, kMaxEntries = 1 << 16;

/// Walks one expression. `value_` is what the operations since the last piece came to: a Piece without extent.
class Walk {
 public:
  Walk(Dwarf_Attribute& attribute, std::uint64_t size) : attribute_(attribute), size_(size) {}

  std::vector<Piece> run(const Dwarf_Op* ops, std::size_t count) {
    count = std::min(count, kMaxOps);
    for (std::size_t i = 0; i < count && pieces_.size() < kMaxPieces; ++i) step(ops[i]);
    bool whole = pieces_.empty();
    if (count != 0 && whole) finish(size_);
    return std::move(pieces_);
  }

 private:
  using Where = Piece::Where;

  void step(const Dwarf_Op& op) {
    switch (op.atom) {
      case DW_OP_piece: finish(op.number); return;
      case DW_OP_fbreg: start(Where::frame).cfa_offset = static_cast<std::int64_t>(op.number); return;
      case DW_OP_call_frame_cfa: start(Where::frame); return;
      case DW_OP_addr: start(Where::address).address = FileAddr(op.number); return;
      case DW_OP_addrx: indexed_address(op); return;
      case DW_OP_regx: start(Where::reg).dwarf_register = static_cast<unsigned>(op.number); return;
      case DW_OP_const1u: case DW_OP_const1s: case DW_OP_const2u: case DW_OP_const2s: case DW_OP_const4u:
      case DW_OP_const4s: case DW_OP_const8u: case DW_OP_const8s: case DW_OP_constu: case DW_OP_consts:
        constant(op.number);
        return;
      case DW_OP_plus_uconst: add(op.number); return;
      case DW_OP_plus:
        if (constants_ == 1) add(constant_);
        else unknown_ = true;
        constants_ = 0;
        return;
      case DW_OP_stack_value:
        if (constants_ != 1 || value_) unknown_ = true;
        else start(Where::implicit).value = constant_;
        constants_ = 0;
        return;
      case DW_OP_nop: return;
      default: break;
    }
    if (op.atom >= DW_OP_reg0 && op.atom <= DW_OP_reg31) start(Where::reg).dwarf_register = op.atom - DW_OP_reg0;
    else if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31) constant(op.atom - DW_OP_lit0);
    else unknown_ = true;
  }

  Piece& start(Where where) {
    if (value_) unknown_ = true;
    value_.emplace();
    value_->where = where;
    return *value_;
  }

  void indexed_address(const Dwarf_Op& op) {
    Dwarf_Attribute indirect;
    Dwarf_Addr at = 0;
    Piece& piece = start(Where::address);
    if (dwarf_getlocation_attr(&attribute_, &op, &indirect) == 0 && dwarf_formaddr(&indirect, &at) == 0)
      piece.address = FileAddr(at);
    else
      unknown_ = true;
  }

  void constant(std::uint64_t value) {
    constant_ = value;
    ++constants_;
  }

  void add(std::uint64_t n) {
    if (value_ && value_->where == Where::frame)
      value_->cfa_offset = static_cast<std::int64_t>(static_cast<std::uint64_t>(value_->cfa_offset) + n);
    else if (value_ && value_->where == Where::address) value_->address = value_->address + n;
    else unknown_ = true;
  }

  void finish(std::uint64_t size) {
    Piece piece = value_ && !unknown_ && constants_ == 0 ? *value_ : Piece{};
    piece.offset = offset_;
    piece.size = size;
    offset_ += size;
    pieces_.push_back(piece);
    value_.reset();
    unknown_ = false;
    constants_ = 0;
  }

  Dwarf_Attribute& attribute_;
  std::uint64_t size_;
  std::vector<Piece> pieces_;
  std::optional<Piece> value_;
  std::uint64_t offset_ = 0, constant_ = 0;
  unsigned constants_ = 0;
  bool unknown_ = false;
};

}  // namespace

std::optional<Dwarf_Attribute> location_of(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  if (dwarf_attr(&die, DW_AT_location, &attribute) == nullptr) return {};
  Dwarf_Block block;
  unsigned form = dwarf_whatform(&attribute);
  bool same_bytes = form == DW_FORM_block ||
                    (form == DW_FORM_block1 && dwarf_formblock(&attribute, &block) == 0 && block.length < 0x80);
  if (same_bytes) attribute.form = DW_FORM_exprloc;
  return attribute;
}

std::vector<Piece> pieces_of(Dwarf_Attribute& attribute, const Dwarf_Op* ops, std::size_t count, std::uint64_t size) {
  return Walk(attribute, size).run(ops, count);
}

std::vector<Piece> pieces_at(Dwarf_Attribute& attribute, FileAddr pc, std::uint64_t size) {
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0;
  if (dwarf_getlocation_addr(&attribute, pc.value, &ops, &count, 1) != 1) return {};
  return pieces_of(attribute, ops, count, size);
}

std::vector<std::int64_t> frame_homes(Dwarf_Attribute& attribute) {
  std::vector<std::int64_t> out;
  Dwarf_Addr base = 0, lo = 0, hi = 0;
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0, entries = 0;
  std::ptrdiff_t at = 0;
  while (entries++ < kMaxEntries && (at = dwarf_getlocations(&attribute, at, &base, &lo, &hi, &ops, &count)) > 0)
    for (const Piece& piece : pieces_of(attribute, ops, count, 0))
      if (piece.where == Piece::Where::frame) out.push_back(piece.cfa_offset);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace lldbgo
