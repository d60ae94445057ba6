#include "core/dwarf/location.h"

#include <dwarf.h>

#include <algorithm>
#include <optional>

namespace lldbgo {
namespace {

constexpr std::size_t kMaxOps = 4096, kMaxPieces = 256, kMaxEntries = 1 << 16;
// No place lies further from the CFA and no piece further into its variable than the address space is large; the bound
// keeps sums of them far from overflow.
constexpr std::int64_t kMaxDistance = std::int64_t{1} << 47;

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
      case DW_OP_piece:
        finish(op.number);
        return;
      case DW_OP_fbreg:
        start(Where::frame).cfa_offset = static_cast<std::int64_t>(op.number);
        return;
      case DW_OP_call_frame_cfa:
        start(Where::frame);
        return;
      case DW_OP_addr:
        start(Where::address).address = FileAddr(op.number);
        return;
      case DW_OP_addrx:
        indexed_address(op);
        return;
      case DW_OP_regx:
        start(Where::reg).dwarf_register = static_cast<unsigned>(op.number);
        return;
      case DW_OP_const1u:
      case DW_OP_const1s:
      case DW_OP_const2u:
      case DW_OP_const2s:
      case DW_OP_const4u:
      case DW_OP_const4s:
      case DW_OP_const8u:
      case DW_OP_const8s:
      case DW_OP_constu:
      case DW_OP_consts:
        constant(op.number);
        return;
      case DW_OP_plus_uconst:
        add(op.number);
        return;
      case DW_OP_plus:
        if (constants_ == 1)
          add(constant_);
        else
          unknown_ = true;
        constants_ = 0;
        return;
      case DW_OP_stack_value:
        if (constants_ != 1 || value_)
          unknown_ = true;
        else
          start(Where::implicit).value = constant_;
        constants_ = 0;
        return;
      case DW_OP_nop:
        return;
      default:
        break;
    }
    if (op.atom >= DW_OP_reg0 && op.atom <= DW_OP_reg31)
      start(Where::reg).dwarf_register = op.atom - DW_OP_reg0;
    else if (op.atom >= DW_OP_lit0 && op.atom <= DW_OP_lit31)
      constant(op.atom - DW_OP_lit0);
    else
      unknown_ = true;
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
    else if (value_ && value_->where == Where::address)
      value_->address = value_->address + n;
    else
      unknown_ = true;
  }

  bool absurd(std::uint64_t size) const {
    constexpr auto kMax = static_cast<std::uint64_t>(kMaxDistance);
    std::int64_t from_cfa = value_ ? value_->cfa_offset : 0;
    return offset_ > kMax || size > kMax || from_cfa > kMaxDistance || from_cfa < -kMaxDistance;
  }

  void finish(std::uint64_t size) {
    Piece piece = value_ && !unknown_ && constants_ == 0 && !absurd(size) ? *value_ : Piece{};
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

namespace {

/// How many values the compiler's SSA form makes of a type; 1 where it keeps it in one piece (ssa/decompose.go).
std::size_t components(const Type& type) {
  switch (type.kind) {
    case TypeKind::string:
    case TypeKind::interface:
    case TypeKind::complex:
      return 2;
    case TypeKind::slice:
      return 3;
    case TypeKind::array:
      return type.count == 1 ? components(*type.element) : 1;
    case TypeKind::structure: {
      std::size_t sum = 0;
      for (const Field& field : type.fields)
        if (field.type->size != 0) sum += components(*field.type);
      return sum;
    }
    default:
      return 1;
  }
}

void sort_unique(std::vector<std::int64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// Several locations, each of a range of pcs.
bool is_list(Dwarf_Attribute& attribute) {
  unsigned form = dwarf_whatform(&attribute);
  return form == DW_FORM_sec_offset || form == DW_FORM_loclistx;
}

struct Entry {
  Range<FileAddr> pcs;  // of a list
  std::vector<Piece> pieces;
};

/// Calls `visit(Entry&)` for each. True: none has pieces, and the type has components; what lies there is all of the
/// variable or one of them.
template <class Visit>
bool each_entry(Dwarf_Attribute& attribute, const Type& type, Visit visit) {
  bool in_pieces = false;
  Dwarf_Addr base = 0, lo = 0, hi = 0;
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0, entries = 0;
  std::ptrdiff_t at = 0;
  while (entries++ < kMaxEntries && (at = dwarf_getlocations(&attribute, at, &base, &lo, &hi, &ops, &count)) > 0) {
    Entry entry{{FileAddr(lo), FileAddr(hi)}, pieces_of(attribute, ops, count, type.size)};
    in_pieces = in_pieces || entry.pieces.size() > 1;
    visit(entry);
  }
  return is_list(attribute) && !in_pieces && components(type) > 1;
}

}  // namespace

Places places_of(Dwarf_Attribute& attribute, const Type& type, std::optional<FileAddr> pc) {
  Places out;
  out.list = is_list(attribute);
  bool found = false;
  bool alone = each_entry(attribute, type, [&](Entry& entry) {
    for (const Piece& piece : entry.pieces)
      if (piece.where == Piece::Where::frame) out.homes.push_back(piece.cfa_offset);
    if (pc && !found && (!out.list || entry.pcs.contains(*pc))) {
      out.pieces = std::move(entry.pieces);
      found = true;
    }
  });
  sort_unique(out.homes);
  if (alone) {
    out.homes.swap(out.part_homes);
    for (Piece& piece : out.pieces) {
      std::uint64_t size = piece.size;
      piece = Piece{};
      piece.size = size;
    }
  }
  return out;
}

std::vector<FrameHome> frame_homes_of(Dwarf_Attribute& attribute, const Type& type) {
  std::vector<FrameHome> out;
  bool list = is_list(attribute);
  bool alone = each_entry(attribute, type, [&](const Entry& entry) {
    for (const Piece& piece : entry.pieces) {
      if (piece.where != Piece::Where::frame || piece.size == 0 || out.size() >= kMaxEntries) continue;
      FrameHome home;
      if (list) home.pcs = entry.pcs;
      home.cfa_offset = piece.cfa_offset;
      home.offset = piece.offset;
      home.size = piece.size;
      home.listed = list;
      out.push_back(std::move(home));
    }
  });
  for (FrameHome& home : out) home.part = alone;
  std::stable_sort(out.begin(), out.end(), [](const FrameHome& a, const FrameHome& b) { return a.offset < b.offset; });
  return out;
}

}  // namespace lldbgo
