// What clears and copies in hand-picked pieces of real functions; the disassembly stands beside the bytes.
#include "core/insn/block_sites.h"

#include "core/insn/straight_values.h"
#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;

namespace {

constexpr FileAddr kEntry{0x401000};

std::vector<BlockSite> sites(std::string_view hex, BlockContext context = {}) {
  return find_block_sites(test::code(hex), kEntry, context);
}

DuffRoutine duffzero() {
  std::string hex;
  for (int i = 0; i < 16; ++i) hex += "440f113f 440f117f10 440f117f20 440f117f30 488d7f40 ";
  return *decode_duff_routine(test::code(hex + "c3"));
}

}  // namespace

TEST_CASE("a call of duffzero with bias and saved BP") {
  DuffRoutine zero = duffzero();
  BlockContext context;
  context.duff = {{FileAddr(0x400000), &zero}};
  auto found = sites(
      "488d7c2468 "  // 00 LEAQ 0x68(SP), DI
      "488d7fd0 "    // 05 LEAQ -0x30(DI), DI
      "6690 "        // 09 NOP
      "48896c24f0 "  // 0b MOVQ BP, -0x10(SP)
      "488d6c24f0 "  // 10 LEAQ -0x10(SP), BP
      "e836f1ffff "  // 15 CALL duffzero+336 (0x400150)
      "488b6d00 "    // 1a MOVQ 0(BP), BP
      "c3",          // 1e RET
      context);
  REQUIRE(found.size() == 1);
  const BlockSite& s = found[0];
  CHECK(s.device == BlockDevice::duffzero);
  CHECK(s.lead == 0x5);
  CHECK(s.begin == 0x15);
  CHECK(s.end == 0x1e);
  CHECK(s.target == FileAddr(0x400150));
  CHECK(s.offset == 336u);
  CHECK(s.bytes == 80u);
  CHECK(s.stores == 5u);
  CHECK(s.adjust == 0x30);
  CHECK(s.saves_bp);
  CHECK(s.destination.reg == Reg::rsp);
  CHECK(s.destination.offset == 0x68);
}

TEST_CASE("a call of duffzero through R15") {
  DuffRoutine zero = duffzero();
  BlockContext context;
  context.duff = {{FileAddr(0x402000), &zero}};
  auto found = sites(
      "4889c7 "          // 0 MOVQ AX, DI
      "4c8d3df60f0000 "  // 3 LEAQ 0xff6(IP), R15: 0x402000
      "4d8dbf2b010000 "  // a LEAQ 299(R15), R15
      "41ffd7 "          // 11 CALL R15
      "c3",
      context);
  REQUIRE(found.size() == 1);
  CHECK(found[0].offset == 299u);
  CHECK(found[0].bytes == 192u);
  CHECK_FALSE(found[0].saves_bp);
  CHECK(found[0].destination.reg == Reg::rdi);
  REQUIRE(found[0].destination.origin);
  CHECK(found[0].destination.origin->reg == Reg::rax);
  CHECK(found[0].destination.origin->at == 0);
}

TEST_CASE("a call into the routine that is no entry has no size") {
  DuffRoutine zero = duffzero();
  BlockContext context;
  context.duff = {{FileAddr(0x400000), &zero}};
  auto found = sites("e80ef0ffff c3", context);  // CALL duffzero+0x13
  REQUIRE(found.size() == 1);
  CHECK(found[0].offset == 0x13u);
  CHECK_FALSE(found[0].bytes);
}

TEST_CASE("a run of stores, the last one overlapping") {
  // LEAQ 8(SP),AX; MOVUPS X15,(AX); ,16(AX); ,20(AX); RET
  auto found = sites("488d442408 440f1138 440f117810 440f117814 c3");
  REQUIRE(found.size() == 1);
  CHECK(found[0].device == BlockDevice::inline_zero);
  CHECK(found[0].begin == 5);
  CHECK(found[0].end == 0x13);
  CHECK(found[0].bytes == 36u);
  CHECK(found[0].stores == 3u);
  CHECK(found[0].destination.reg == Reg::rsp);
  CHECK(found[0].destination.offset == 8);
}

TEST_CASE("two runs that begin anew, or stand on two lines, are two") {
  CHECK(sites("440f1138 440f117810 440f1138 440f117810 c3").size() == 2);
  BlockContext lines;
  lines.lines = {0, 4};
  CHECK(sites("440f1138 440f117810 c3", lines).size() == 2);
  CHECK(sites("440f1138 440f117810 c3").size() == 1);
  // MOVUPS X15,(AX); 32(AX): a hole
  CHECK(sites("440f1138 440f117820 c3").size() == 2);
}

TEST_CASE("X15 is zero only in Go code of the register ABI") {
  BlockContext old;
  old.register_abi = false;
  CHECK(sites("440f1138 c3", old).empty());
  // XORPS X0,X0; MOVUPS X0,(AX)
  CHECK(sites("0f57c0 0f1100 c3", old).size() == 1);
  // a load makes it something else
  CHECK(sites("0f57c0 0f1003 90 488d00 0f1100 c3", old).empty());
  BlockContext assembly;
  assembly.compiled = false;
  CHECK(sites("440f1138 c3", assembly).empty());
}

TEST_CASE("the loop of Go 1.26, with a store behind it below the pointer") {
  auto found = sites(
      "488d442410 "                                 // 00 LEAQ 0x10(SP), AX
      "b903000000 "                                 // 05 MOVL $3, CX
      "440f1138 440f117810 440f117820 440f117830 "  // 0a MOVUPS X15, 0..48(AX)
      "4883c040 "                                   // 1d ADDQ $64, AX
      "0f1f4000 "                                   // 21 NOP
      "ffc9 "                                       // 25 DECL CX
      "75e1 "                                       // 27 JNE 0xa
      "440f1178f8 "                                 // 29 MOVUPS X15, -8(AX)
      "c3");
  REQUIRE(found.size() == 1);
  const BlockSite& s = found[0];
  CHECK(s.begin == 5);
  CHECK(s.end == 0x2e);
  CHECK(s.bytes == 200u);
  CHECK(s.stores == 13u);
  REQUIRE(s.loop);
  CHECK(s.loop->rounds == 3);
  CHECK(s.loop->step == 64);
  CHECK(s.loop->head == 0xa);
  CHECK(s.loop->counter == Reg::rcx);
  CHECK(s.destination.reg == Reg::rsp);
  CHECK(s.destination.offset == 0x10);
}

TEST_CASE("the copying loop") {
  auto found = sites(
      "b804000000 "             // 00 MOVL $4, AX
      "440f1031 440f1133 "      // 05 MOVUPS (CX),X14; X14,(BX)
      "440f107110 440f117310 "  // 0d
      "440f107120 440f117320 "  // 17
      "440f107130 440f117330 "  // 21
      "4883c140 4883c340 "      // 2b ADDQ $64,CX; ADDQ $64,BX
      "ffc8 "                   // 33 DECL AX
      "75ce "                   // 35 JNE 5
      "440f1031 440f1133 "      // 37 MOVUPS (CX),X14; X14,(BX)
      "c3");
  REQUIRE(found.size() == 1);
  CHECK(found[0].device == BlockDevice::inline_copy);
  CHECK(found[0].bytes == 272u);
  REQUIRE(found[0].source);
  CHECK(found[0].source->reg == Reg::rcx);
  CHECK(found[0].destination.reg == Reg::rbx);
}

TEST_CASE("a loop whose count is not known is none") {
  // without the MOVL; head at 0
  auto found = sites("440f1138 440f117810 440f117820 440f117830 4883c040 ffc9 75e5 c3");
  for (const BlockSite& s : found) CHECK_FALSE(s.loop);
}

TEST_CASE("REP STOSQ and REP MOVSQ") {
  // MOVQ AX,DI; MOVL $625,CX; XORL AX,AX; REP STOSQ; RET
  auto clear = sites("4889c7 b971020000 31c0 f348ab c3");
  REQUIRE(clear.size() == 1);
  CHECK(clear[0].device == BlockDevice::rep_stos);
  CHECK(clear[0].bytes == 5000u);
  CHECK(clear[0].begin == 0xa);
  // LEAQ 8(SP),DI; LEAQ 0x100(SP),SI; MOVL $200,CX; REP MOVSQ
  auto copy = sites("488d7c2408 488db42400010000 b9c8000000 f348a5 c3");
  REQUIRE(copy.size() == 1);
  CHECK(copy[0].device == BlockDevice::rep_movs);
  CHECK(copy[0].bytes == 1600u);
  CHECK(copy[0].source->offset == 0x100);
  // CX from elsewhere
  auto unknown = sites("f348ab c3");
  REQUIRE(unknown.size() == 1);
  CHECK_FALSE(unknown[0].bytes);
}

TEST_CASE("calls of memmove and memclr") {
  BlockContext context;
  context.callees = {{FileAddr(0x400000), BlockDevice::memclr}, {FileAddr(0x400100), BlockDevice::memmove}};
  // MOVL $500,CX; CALL memmove
  auto move = sites("b9f4010000 e8f6f0ffff c3", context);
  REQUIRE(move.size() == 1);
  CHECK(move[0].device == BlockDevice::memmove);
  CHECK(move[0].bytes == 500u);
  CHECK(move[0].destination.reg == Reg::rax);
  CHECK(move[0].source->reg == Reg::rbx);
  // before the register ABI: MOVQ AX,(SP); MOVQ $16,8(SP); CALL memclr
  context.register_abi = false;
  auto clear = sites("48890424 48c744240810000000 e8eeefffff c3", context);
  REQUIRE(clear.size() == 1);
  CHECK(clear[0].bytes == 16u);
  CHECK(clear[0].destination.reg == Reg::rax);
}

TEST_CASE("values carried through straight code") {
  // 0 MOVQ AX,DI  3 LEAQ -0x30(DI),DI  7 NOP  8 RET
  auto code = test::code("4889c7 488d7fd0 90 c3");
  auto ahead = carried(code, 0, 8, Reg::rdi);
  REQUIRE(ahead);
  CHECK(ahead->reg == Reg::rax);
  CHECK(ahead->offset == -0x30);
  auto back = carried_back(code, 3, 8, Reg::rdi);
  REQUIRE(back);
  CHECK(back->offset == 0x30);
  CHECK_FALSE(carried(code, 0, 9, Reg::rdi));  // a branch lies between
  CHECK_FALSE(carried(code, 1, 2, Reg::rdi));  // not a boundary
}

TEST_CASE("bytes that are no code have no sites") {
  CHECK(sites("06").empty());
  CHECK(sites("").empty());
}
