// Instruction text, every row as x86asm of Go 1.27 prints these bytes at 0x401000 with a function main.f at
// [0x402000, 0x402100). Whole programs are compared by tests/live/objdump.py.
#include "core/insn/plan9_text.h"

#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;
using test::code;

namespace {

struct Row {
  const char* bytes;
  std::size_t size;
  const char* text;
};

const Row kRows[] = {
    {"488b442418", 5, "MOVQ 0x18(SP), AX"},
    {"4889442420", 5, "MOVQ AX, 0x20(SP)"},
    {"65488b0c25f8ffffff", 9, "MOVQ GS:0xfffffff8, CX"},
    {"64488b0c25f8ffffff", 9, "MOVQ FS:0xfffffff8, CX"},
    {"488d05f90f0000", 7, "LEAQ main.f(SB), AX"},
    {"488b05f90f0000", 7, "MOVQ main.f(SB), AX"},
    {"488b8508feffff", 7, "MOVQ 0xfffffe08(BP), AX"},
    {"488d0508feffff", 7, "LEAQ 0xfffffe08(IP), AX"},
    {"e8fb0f0000", 5, "CALL main.f(SB)"},
    {"e8fc0f0000", 5, "CALL 0x402001"},
    {"7510", 2, "JNE 0x401012"},
    {"ebfe", 2, "JMP 0x401000"},
    {"ffd0", 2, "CALL AX"},
    {"ff5018", 3, "CALL 0x18(AX)"},
    {"4839c8", 3, "CMPQ AX, CX"},
    {"493b6610", 4, "CMPQ SP, 0x10(R14)"},
    {"807c240800", 5, "CMPB 0x8(SP), $0x0"},
    {"84c0", 2, "TESTL AL, AL"},
    {"8a442408", 4, "MOVB 0x8(SP), AL"},
    {"c644240801", 5, "MOVB $0x1, 0x8(SP)"},
    {"c7442408ffffffff", 8, "MOVL $-0x1, 0x8(SP)"},
    {"b800204000", 5, "MOVL $main.f(SB), AX"},
    {"6a00", 2, "PUSHL $0x0"},
    {"48c7c0ffffffff", 7, "MOVQ $-0x1, AX"},
    {"48b8ffffffffffffff7f", 10, "MOVQ $0x7fffffffffffffff, AX"},
    {"f0480fb10b", 5, "LOCK CMPXCHGQ CX, 0(BX)"},
    {"f066ff00", 4, "INCW 0(AX)"},
    {"66f0ff00", 4, "LOCK INCW 0(AX)"},
    {"f3aa", 2, "REP; STOSB AL, ES:0(DI)"},
    {"f348ab", 3, "REP; STOSQ AX, ES:0(DI)"},
    {"f348a5", 3, "REP; MOVSQ DS:0(SI), ES:0(DI)"},
    {"f390", 2, "PAUSE"},
    {"90", 1, "NOPL"},
    {"6690", 2, "NOPW"},
    {"0f1f4000", 4, "NOPL 0(AX)"},
    {"660f1f840000000000", 9, "NOPW 0(AX)(AX*1)"},
    {"662e0f1f840000000000", 10, "CS NOPW 0(AX)(AX*1)"},
    {"2e6690", 3, "NOPW"},
    {"f20f100424", 5, "MOVSD_XMM 0(SP), X0"},
    {"f20f11442408", 6, "MOVSD_XMM X0, 0x8(SP)"},
    {"f30f10c1", 4, "MOVSS X1, X0"},
    {"f2480f2ac0", 5, "CVTSI2SDQ AX, X0"},
    {"f20f2ac0", 4, "CVTSI2SDL AX, X0"},
    {"f3480fb8c0", 5, "POPCNTQ AX, AX"},
    {"0fb6c0", 3, "MOVZX AL, AX"},
    {"4863c0", 3, "MOVSXD AX, AX"},
    {"480fbe00", 4, "MOVSX 0(AX), AX"},
    {"480f44c1", 4, "CMOVE CX, AX"},
    {"0f94c0", 3, "SETE AL"},
    {"48c1e003", 4, "SHLQ $0x3, AX"},
    {"48d3e0", 3, "SHLQ CL, AX"},
    {"48d1e0", 3, "SHLQ $0x1, AX"},
    {"48f7f9", 3, "IDIVQ CX"},
    {"99", 1, "CDQ"},
    {"4899", 2, "CQO"},
    {"cc", 1, "INT $0x3"},
    {"0f0b", 2, "UD2"},
    {"c3", 1, "RET"},
    {"f3c3", 2, "REP; RET"},
    {"c8100001", 4, "ENTER $0x1, $0x10"},
    {"d9442408", 4, "FLD 0x8(SP)"},
    {"dde9", 2, "FUCOMP F1"},
    {"ddec", 2, "FUCOMP F4"},
    {"0f20c0", 3, "MOVL CR0, AX"},
    {"440f20c0", 4, "MOVL CR8, AX"},
    {"f00f20c0", 4, "MOVL CR8, AX"},
    {"f30f1efa", 1, "?"},
    {"c5f877c3", 4, "VZEROUPPER"},
    {"c5fe6f06", 4, "VMOVDQU 0(SI), Y0"},
    {"c5fe6f05f90f0000", 8, "VMOVDQU 0xff9, Y0"},
    {"c4e2f1f3c1", 1, "?"},
    {"c4e2fbf6c1", 1, "?"},
    {"c5fa10c1", 4, "VMOVSS X1, X0, X0"},
    {"c5fe10c1", 1, "?"},
    {"c4e1fa6fc1", 1, "?"},
    {"c4e37d39c101", 6, "VEXTRACTI128 $0x1, Y0, X1"},
    {"62f17c4810c1", 6, "VMOVUPS Z1, Z0"},
    {"62f17c4910c1", 6, "VMOVUPS Z1, K1, Z0"},
    {"62f17cc910c1", 6, "VMOVUPS.Z Z1, K1, Z0"},
    {"62f17c4858007f", 6, "VADDPS 0(AX), Z0, Z0"},
    {"62f17c585800", 6, "VADDPS.BCST 0(AX), Z0, Z0"},
    {"62f17c1858c1", 6, "VADDPS.RN_SAE Z1, Z0, Z0"},
    {"62f1fd486f4001", 7, "VMOVDQA64 0x40(AX), Z0"},
    {"c4e37a7f", 1, "?"},
    {"c5fde6c1", 4, "VCVTTPD2DQY Y1, X0"},
    {"c4e1fb2ac0", 5, "VCVTSI2SDQ AX, X0, X0"},
    {"c4e1fb2cc0", 5, "VCVTTSD2SIQ X0, AX"},
    {"62", 1, "?"},
    {"66", 1, "?"},
    {"0f04", 1, "?"},
    {"4066c3", 1, "?"},
    {"f2f30f10c1", 5, "REPNE; MOVSS X1, X0"},
    {"f20f58c1", 4, "ADDSD X1, X0"},
    {"660f58c1", 4, "ADDPD X1, X0"},
    {"660f3810c1", 5, "PBLENDVB X0, X1, X0"},
    {"0fae30", 3, "XSAVEOPT 0(AX)"},
    {"0faef0", 3, "MFENCE"},
    {"0faef1", 1, "?"},
    {"a20000000000204000", 9, "MOVB AL, 0x40200000000000"},
    {"6764488b00", 5, "MOVQ FS:0(AX), AX"},
    {"678b00", 3, "MOVL 0(AX), AX"},
    {"6548a12800000000000000", 11, "MOVQ GS:0x28, AX"},
};

OperandNames one_function() {
  OperandNames names;
  names.symbol = [](std::uint64_t address) -> std::optional<CoveringSymbol> {
    if (address < 0x402000 || address >= 0x402100) return std::nullopt;
    return CoveringSymbol{"main.f", 0x402000};
  };
  return names;
}

}  // namespace

TEST_CASE("instruction text is that of go tool objdump") {
  OperandNames names = one_function();
  for (const Row& row : kRows) {
    INFO(row.bytes << " " << row.text);
    std::string text;
    CHECK(plan9_text(code(row.bytes), 0x401000, names, text) == row.size);
    CHECK(text == row.text);
  }
}

TEST_CASE("text is appended, and bytes behind the instruction do not matter") {
  std::string text = "> ";
  CHECK(plan9_text(code("c3 0f04 62"), 0x401000, {}, text) == 1);
  CHECK(text == "> RET");
}

TEST_CASE("no bytes are no instruction, cut ones are unknown") {
  std::string text;
  CHECK(plan9_text({}, 0x401000, {}, text) == 0);
  CHECK(text.empty());
  auto whole = code("66 2e 0f1f840000000000");  // CS NOPW
  for (std::size_t n = 1; n < whole.size(); ++n) {
    text.clear();
    CHECK(plan9_text(Bytes(whole).first(n), 0x401000, {}, text) == 1);
    CHECK(text == "?");
  }
}

TEST_CASE("names stand for an operand's place, its index stays") {
  OperandNames names;
  names.memory = [](const MemoryOperand& op) -> std::string {
    if (op.base != Reg::rsp) return "";
    return "main.x+" + std::to_string(op.displacement) + "(SP)/" + std::to_string(op.size);
  };
  names.branch = [](std::uint64_t target) { return target == 0x401007 ? std::string("here") : std::string(); };
  auto text = [&](const char* bytes) {
    std::string out;
    plan9_text(code(bytes), 0x401000, names, out);
    return out;
  };
  CHECK(text("488b442418") == "MOVQ main.x+24(SP)/8, AX");         // mov 0x18(%rsp),%rax
  CHECK(text("8844 0418") == "MOVB AL, main.x+24(SP)/1(AX*1)");    // mov %al,0x18(%rsp,%rax)
  CHECK(text("488d842480000000") == "LEAQ main.x+128(SP)/0, AX");  // lea 0x80(%rsp),%rax
  CHECK(text("488b8424f8ffffff") == "MOVQ main.x+-8(SP)/8, AX");   // displacements have their sign
  CHECK(text("488b4018") == "MOVQ 0x18(AX), AX");
  CHECK(text("64488b0424") == "MOVQ FS:0(SP), AX");  // not in the frame
  CHECK(text("7405") == "JE here");
  CHECK(text("7406") == "JE 0x401008");
}
