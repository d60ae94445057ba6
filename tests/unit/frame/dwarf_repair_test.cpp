#include "core/frame/dwarf_repair.h"

#include "tests/unit/catch.h"
#include "tests/unit/values/go_types.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

Piece in_register(unsigned number, std::uint64_t offset) {
  Piece p;
  p.where = Piece::Where::reg;
  p.dwarf_register = number;
  p.offset = offset;
  p.size = 8;
  return p;
}

Variable variable(const char* name, TypePtr type, std::vector<Piece> pieces, bool result = false) {
  Variable v;
  v.name = name;
  v.type = std::move(type);
  v.parameter = true;
  v.result = result;
  v.pieces = std::move(pieces);
  return v;
}

}  // namespace

TEST_CASE("pieces that are there twice") {
  FunctionInfo info;
  info.parameters.push_back(
      variable("x", any(), {in_register(3, 0), in_register(3, 8), in_register(2, 16), in_register(2, 24)}));
  info.parameters.push_back(variable("ok", any(), {in_register(3, 0), in_register(2, 8)}));
  info.parameters.push_back(variable("same", any(), {in_register(3, 0), in_register(3, 8)}));  // legal, if odd
  info.locals.push_back(variable("lost", any(), {in_register(3, 0), in_register(2, 8), in_register(1, 16)}));
  repair(info);
  const auto& x = info.parameters[0].pieces;
  REQUIRE(x.size() == 2);
  CHECK(x[0].dwarf_register == 3);
  CHECK(x[1].dwarf_register == 2);
  CHECK(x[1].offset == 8);
  CHECK(info.parameters[1].pieces.size() == 2);
  CHECK(info.parameters[2].pieces.size() == 2);
  CHECK(info.locals[0].pieces.empty());
}

TEST_CASE("results that are there twice") {
  FunctionInfo info;
  info.parameters.push_back(variable("a", integer(), {}));
  info.parameters.push_back(variable("~r0", integer(), {}, true));
  info.parameters.push_back(variable("~r0", integer(), {in_register(0, 0)}, true));
  info.parameters.push_back(variable("err", error(), {}, true));
  repair(info);
  REQUIRE(info.parameters.size() == 3);
  CHECK(info.parameters[1].pieces.size() == 1);
  CHECK(info.parameters[2].name == "err");
}
