// Marks of functions as Go 1.15 and 1.24 compile them, instruction by instruction.
#include "core/insn/code_marks.h"

#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;
using test::code;
using Kind = CodeMark::Kind;

namespace {

std::vector<std::pair<std::uint64_t, Kind>> kinds(std::string_view hex) {
  std::vector<std::pair<std::uint64_t, Kind>> out;
  for (const CodeMark& mark : code_marks(code(hex))) out.emplace_back(mark.offset, mark.kind);
  return out;
}

using Marks = std::vector<std::pair<std::uint64_t, Kind>>;

}  // namespace

TEST_CASE("a frame of Go 1.21 and later") {
  auto marks = kinds(
      "493b6610"    // +0  CMPQ SP, 0x10(R14)
      "7615"        // +4  JBE +0x1b
      "55"          // +6  PUSHQ BP
      "4889e5"      // +7  MOVQ SP, BP
      "4883ec18"    // +a  SUBQ $0x18, SP
      "8400"        // +e  TESTB AL, 0(AX)
      "e8ebefffff"  // +10 CALL, out of the function
      "4883c418"    // +15 ADDQ $0x18, SP
      "5d"          // +19 POPQ BP
      "c3"          // +1a RET
      "4889442408"  // +1b MOVQ AX, 0x8(SP)
      "e8dbdfffff"  // +20 CALL morestack
      "488b442408"  // +25 MOVQ 0x8(SP), AX
      "ebd4");      // +2a JMP +0x0
  CHECK(marks == Marks{{0x0, Kind::check_small},
                       {0x4, Kind::check_jump},
                       {0x6, Kind::save_bp},
                       {0x7, Kind::set_bp},
                       {0xa, Kind::allocate},
                       {0xe, Kind::nil_check},
                       {0x10, Kind::call},
                       {0x15, Kind::release},
                       {0x19, Kind::restore_bp},
                       {0x1b, Kind::spill},
                       {0x20, Kind::grow},
                       {0x25, Kind::reload},
                       {0x2a, Kind::retry}});
}

TEST_CASE("what is kept from morestack") {
  auto marks =
      code_marks(code("493b6610"      // +0  CMPQ SP, 0x10(R14)
                      "7601"          // +4  JBE +0x7
                      "c3"            // +6  RET
                      "4889442408"    // +7  MOVQ AX, 0x8(SP)
                      "f20f114c2410"  // +c  MOVSD X1, 0x10(SP)
                      "0f1f4000"      // +12 NOPL 0(AX)
                      "e8dbdfffff"    // +16 CALL morestack
                      "488b442408"    // +1b MOVQ 0x8(SP), AX
                      "f20f104c2410"  // +20 MOVSD 0x10(SP), X1
                      "ebd8"));       // +26 JMP +0x0
  std::vector<std::pair<std::uint64_t, std::string>> kept;
  for (const CodeMark& mark : marks) {
    if (mark.kind != Kind::spill && mark.kind != Kind::reload) continue;
    kept.emplace_back(mark.offset, mark.reg ? go_reg_name(*mark.reg) : "X" + std::to_string(mark.vector.value_or(99)));
  }
  CHECK(kept ==
        std::vector<std::pair<std::uint64_t, std::string>>{{0x7, "AX"}, {0xc, "X1"}, {0x1b, "AX"}, {0x20, "X1"}});
}

TEST_CASE("bytes that are no instruction are passed over") {
  CHECK(code_marks({}).empty());
  CHECK(kinds("06 06 c3").empty());
  CHECK(kinds("06 e800000000") == Marks{{1, Kind::call}});
}
