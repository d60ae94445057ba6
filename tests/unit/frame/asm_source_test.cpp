#include "core/frame/asm_source.h"

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

const char* const kSource =
    "#include \"textflag.h\"\n"                                  // 1
    "\n"                                                         // 2
    "// func swap(a, b int) (ra, rb int)\n"                      // 3
    "TEXT \xc2\xb7swap(SB), NOSPLIT, $16-32\n"                   // 4
    "\tMOVQ\ta+0(FP), AX\n"                                      // 5
    "\tMOVBLZX cond+8(FP), CX; MOVQ CX, i-8(SP)\n"               // 6
    "\tMOVL AX, ret+24(FP) // not this: x+99(FP)\n"              // 7
    "\tLEAQ here+0(SP), BX\n"                                    // 8
    "\tMOVQ 8(SP), DX\n"                                         // 9
    "\tMOVQ b_len+16(FP), DX\n"                                  // 10
    "\tADDQ i-8(SP), DX\n"                                       // 11
    "\tRET\n"                                                    // 12
    "TEXT runtime\xc2\xb7other<ABIInternal>(SB), NOSPLIT, $0\n"  // 13
    "\tMOVQ z+0(FP), AX\n";                                      // 14

std::string describe(const std::vector<AsmOperand>& operands) {
  std::string out;
  for (const AsmOperand& o : operands) {
    out.append(o.name)
        .append(o.offset < 0 ? "" : "+")
        .append(std::to_string(o.offset))
        .append(o.fp ? "(FP)/" : "(SP)/");
    out.append(std::to_string(o.size)).append(" ");
  }
  return out;
}

}  // namespace

TEST_CASE("names in assembly source") {
  CHECK(describe(asm_operands(kSource, 4, "main.swap")) ==
        "i-8(SP)/8 here+0(SP)/0 a+0(FP)/8 cond+8(FP)/1 b_len+16(FP)/8 ret+24(FP)/4 ");
  CHECK(asm_operands(kSource, 4, "main.swap") == asm_operands(kSource, 12, "main.swap"));
  CHECK(describe(asm_operands(kSource, 13, "runtime.other")) == "z+0(FP)/8 ");
}

TEST_CASE("source that is not the program's is left alone") {
  CHECK(asm_operands(kSource, 3, "main.swap").empty());
  CHECK(asm_operands(kSource, 13, "main.swap").empty());
  CHECK(asm_operands(kSource, 4, "main.wap").empty());
  CHECK(asm_operands(kSource, 4, "main.swapped").empty());
  CHECK(asm_operands(kSource, 0, "main.swap").empty());
  CHECK(asm_operands(kSource, 4000, "main.swap").empty());
  CHECK(asm_operands("", 1, "main.swap").empty());
  CHECK(asm_operands_of_file("/nowhere/x.s", 1, "main.swap").empty());
  CHECK(asm_operands_of_file("/proc/self/status", 1, "main.swap").empty());
}

TEST_CASE("odd operands") {
  auto one = [](const char* line) {
    return describe(asm_operands(std::string("TEXT \xc2\xb7"
                                             "f(SB), $0\n") +
                                     line,
                                 1, "main.f"));
  };
  CHECK(one("MOVQ a+99999999999(FP), AX") == "");
  CHECK(one("MOVQ 0(FP), AX") == "");
  CHECK(one("MOVQ (SP), AX") == "");
  CHECK(one("P)") == "");
  CHECK(one("MOVSD f+8(FP), X0") == "f+8(FP)/8 ");
  CHECK(one("MOVSS f+8(FP), X0") == "f+8(FP)/4 ");
  CHECK(one("MOVOU f+8(FP), X0") == "f+8(FP)/0 ");
}
