#include "core/dwarf/location.h"

#include <dwarf.h>

#include "core/dwarf/units.h"
#include "tests/unit/catch.h"

using namespace lldbgo;
using Where = Piece::Where;

namespace {

Dwarf_Op op(unsigned atom, std::uint64_t number = 0) {
  Dwarf_Op o{};
  o.atom = static_cast<std::uint8_t>(atom);
  o.number = number;
  return o;
}

std::string text(const Piece& p) {
  std::ostringstream out;
  out << p.offset << "+" << p.size << " ";
  switch (p.where) {
    case Where::none:
      out << "none";
      break;
    case Where::frame:
      out << "cfa" << std::showpos << p.cfa_offset;
      break;
    case Where::reg:
      out << "r" << p.dwarf_register;
      break;
    case Where::address:
      out << "at " << p.address.value;
      break;
    case Where::implicit:
      out << "=" << p.value;
      break;
  }
  return out.str();
}

}  // namespace

TEST_CASE("location expressions become pieces") {
  constexpr std::uint64_t kSize = 16, kFar = std::uint64_t{1} << 62;
  auto minus = [](int n) { return static_cast<std::uint64_t>(-std::int64_t{n}); };
  struct Row {
    const char* name;
    std::vector<Dwarf_Op> ops;
    std::vector<std::string> pieces;
  };
  for (const Row& row :
       std::vector<Row>{{"optimised out", {}, {}},
                        {"frame", {op(DW_OP_fbreg, minus(40))}, {"0+16 cfa-40"}},
                        {"out of the address space", {op(DW_OP_fbreg, kFar)}, {"0+16 none"}},
                        {"a piece that is too long",
                         {op(DW_OP_reg0), op(DW_OP_piece, kFar), op(DW_OP_fbreg, 8), op(DW_OP_piece, 8)},
                         {"0+4611686018427387904 none", "4611686018427387904+8 none"}},
                        {"argument base", {op(DW_OP_call_frame_cfa)}, {"0+16 cfa+0"}},
                        {"argument base plus", {op(DW_OP_call_frame_cfa), op(DW_OP_plus_uconst, 8)}, {"0+16 cfa+8"}},
                        {"argument base plus constant",
                         {op(DW_OP_call_frame_cfa), op(DW_OP_consts, minus(8)), op(DW_OP_plus)},
                         {"0+16 cfa-8"}},
                        {"register", {op(DW_OP_reg3)}, {"0+16 r3"}},
                        {"register by number", {op(DW_OP_regx, 17)}, {"0+16 r17"}},
                        {"global", {op(DW_OP_addr, 4096)}, {"0+16 at 4096"}},
                        {"constant", {op(DW_OP_consts, 7), op(DW_OP_stack_value)}, {"0+16 =7"}},
                        {"small constant", {op(DW_OP_lit5), op(DW_OP_stack_value)}, {"0+16 =5"}},
                        {"pieces",
                         {op(DW_OP_reg0), op(DW_OP_piece, 8), op(DW_OP_fbreg, 8), op(DW_OP_piece, 8)},
                         {"0+8 r0", "8+8 cfa+8"}},
                        {"a piece that is nowhere",
                         {op(DW_OP_piece, 8), op(DW_OP_reg2), op(DW_OP_piece, 8)},
                         {"0+8 none", "8+8 r2"}},
                        {"unknown operation", {op(DW_OP_breg7, 8)}, {"0+16 none"}},
                        {"behind a pointer", {op(DW_OP_fbreg, 8), op(DW_OP_deref)}, {"0+16 none"}},
                        {"unknown piece among known",
                         {op(DW_OP_reg0), op(DW_OP_piece, 4), op(DW_OP_fbreg, 8), op(DW_OP_deref), op(DW_OP_piece, 4),
                          op(DW_OP_reg1), op(DW_OP_piece, 8)},
                         {"0+4 r0", "4+4 none", "8+8 r1"}},
                        {"two places at once", {op(DW_OP_reg0), op(DW_OP_reg1)}, {"0+16 none"}},
                        {"a number is no place", {op(DW_OP_const8u, 4096)}, {"0+16 none"}},
                        {"register plus", {op(DW_OP_reg0), op(DW_OP_plus_uconst, 8)}, {"0+16 none"}},
                        {"plus without numbers", {op(DW_OP_fbreg, 8), op(DW_OP_plus)}, {"0+16 none"}}}) {
    INFO(row.name);
    Dwarf_Attribute attribute{};
    std::vector<std::string> pieces;
    for (const Piece& p : pieces_of(attribute, row.ops.data(), row.ops.size(), kSize)) pieces.push_back(text(p));
    CHECK(pieces == row.pieces);
  }
}

TEST_CASE("the package in front of a name") {
  struct Row {
    const char *name, *package;
  };
  for (const Row& row : {Row{"main.main", "main"},
                         {"example.org/a/b.(*T).M", "example.org/a/b"},
                         {"runtime.g", "runtime"},
                         {"gopkg.in/x%2ev2.F", "gopkg.in/x%2ev2"},
                         {"main.F[go.shape.int]", "main"},
                         {"a.com/p.F[b.com/q/r.T]", "a.com/p"},
                         {"main.(*T[c.d/e.U]).M.func1", "main"},
                         {"_cgo_init", ""},
                         {"", ""},
                         {"a/b", ""}}) {
    INFO(row.name);
    CHECK(package_of(row.name) == row.package);
  }
}
