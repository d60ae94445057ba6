#include "core/insn/register_stores.h"

#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;
using test::code;

TEST_CASE("spill code of a morestack block") {
  // go1.27 main.small(a int, s string, f float64): sp_delta 0, so n(SP) is fp+n-8.
  auto bytes = code("4889442408 48895c2410 48894c2418 f20f11442420 e8e4baffff 488b442408 eb8d");
  StraightLine line = straight_line(bytes, 0, 0);
  CHECK(line.ends_in_call);
  CHECK(line.end == 21);
  struct Row {
    std::uint64_t end;
    const char* reg;
    std::int64_t fp_offset;
  };
  const Row rows[] = {{5, "AX", 0}, {10, "BX", 8}, {15, "CX", 16}, {21, "X0", 24}};
  REQUIRE(line.stores.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CAPTURE(i);
    CHECK(line.stores[i].end == rows[i].end);
    CHECK(std::string(line.stores[i].reg.go_name()) == rows[i].reg);
    CHECK(line.stores[i].fp_offset == rows[i].fp_offset);
    CHECK(line.stores[i].size == 8);
  }
}

TEST_CASE("stores in the body count the frame, and only registers that are still the caller's") {
  // MOVQ BX, 0x20(SP); MOVQ AX, DX; XORL AX, AX; MOVQ AX, 0x28(SP); MOVB CL, 0x30(SP); RET   with 16 bytes of frame
  auto bytes = code("48895c2420 4889c2 31c0 4889442428 884c2430 c3");
  StraightLine line = straight_line(bytes, 0, 16);
  REQUIRE(line.stores.size() == 2);
  CHECK(line.stores[0].fp_offset == 8);
  CHECK(line.stores[1].fp_offset == 24);
  CHECK(line.stores[1].size == 1);
  CHECK(line.overwritten_at({false, static_cast<unsigned>(Reg::rax)}) == 10);
  CHECK(line.overwritten_at({false, static_cast<unsigned>(Reg::rdx)}) == 8);
  CHECK_FALSE(line.overwritten_at({false, static_cast<unsigned>(Reg::rbx)}));
  CHECK_FALSE(line.ends_in_call);
}

TEST_CASE("pushes move the frame, AH is not AX, and a lost SP ends the run") {
  // PUSHQ BP; MOVQ AX, 0x10(SP); MOVB AH, 0x18(SP); MOVQ BX, SP; MOVQ CX, 0(SP)
  StraightLine line = straight_line(code("55 4889442410 88642418 4889dc 48890c24"), 0, 0);
  REQUIRE(line.stores.size() == 1);
  CHECK(line.stores[0].fp_offset == 0);
}

TEST_CASE("places whose address is taken") {
  // LEAQ 0x10(SP), BP (the frame's own); LEAQ 0x20(SP), SI; JMP over; LEAQ 0x8(SP), AX; LEAQ 0x20(SP), DI; LEAQ 8(AX),
  // BX
  auto bytes = code("488d6c2410 488d742420 eb00 488d442408 488d7c2420 488d5808");
  CHECK(frame_accesses(bytes, 0, 0x10, 100).addressed == std::vector<std::int64_t>{-0x10, 8});
  CHECK(frame_accesses(bytes, 0, 0x10, 100).complete);
  CHECK(frame_accesses(bytes, 0, 0x10, 2).addressed == std::vector<std::int64_t>{8});
  CHECK_FALSE(frame_accesses(bytes, 0, 0x10, 2).complete);
}

TEST_CASE("what the code writes into the frame") {
  // MOVQ AX, 0x8(SP); JMP over; MOVUPS X15, 0x10(SP); MOVQ 0x28(SP), BX; MOVB $1, 0x20(SP); MOVQ AX, 0x8(BX)
  auto accesses = frame_accesses(code("4889442408 eb00 440f117c2410 488b5c2428 c644242001 48894308"), 0, 0x20, 100);
  REQUIRE(accesses.stores.size() == 3);
  CHECK(accesses.first_store(-0x20, 8) == 5);
  CHECK(accesses.first_store(-0x18, 8) == 13);
  CHECK(accesses.first_store(-0x10, 8) == 13);
  CHECK_FALSE(accesses.first_store(-0x10, 16));
  CHECK(accesses.first_store(-8, 1) == 23);
  CHECK_FALSE(accesses.first_store(-8, 8));
  CHECK_FALSE(accesses.first_store(0, 8));  // read only
  // Bytes that are no instruction: what follows is not known.
  CHECK_FALSE(frame_accesses(code("4889442408 06"), 0, 0x20, 100).complete);
}

TEST_CASE("results loaded right before the return") {
  // MOVQ 0x18(SP), AX; MOVZX 0x26(SP), BX; MOVSD 0x28(SP), X0; ADDQ $0x48, SP; POPQ BP; NOPL 0(AX); RET   with 80 bytes of frame
  auto loads = loads_before_return(code("488b442418 0fb65c2426 f20f10442428 4883c448 5d 0f1f4000 c3"), 0, 80);
  REQUIRE(loads.size() == 3);
  CHECK(loads[0].reg == ArgRegister{false, static_cast<unsigned>(Reg::rax)});
  CHECK(loads[0].fp_offset == 0x18 - 88);
  CHECK(loads[0].size == 8);
  CHECK(loads[1].reg == ArgRegister{false, static_cast<unsigned>(Reg::rbx)});
  CHECK(loads[1].fp_offset == 0x26 - 88);
  CHECK(loads[1].size == 1);
  CHECK(loads[2].reg == ArgRegister{true, 0});
  CHECK(loads[2].size == 8);
}

TEST_CASE("the caller's BP, loaded like a result, is none") {
  // MOVQ 0x18(SP), AX; MOVQ 0x80(SP), BP; ADDQ $0x88, SP; RET   as until Go 1.20
  CHECK(loads_before_return(code("488b442418 488bac2480000000 4881c488000000 c3"), 0, 136).size() == 1);
}

TEST_CASE("anything but loads before the return says nothing of results") {
  CHECK(loads_before_return(code("488b442418 4883c448 5d c3"), 0, 88).empty());             // another frame
  CHECK(loads_before_return(code("488b4c2430 488b01 4883c448 5d c3"), 0, 80).empty());      // MOVQ 0(CX), AX
  CHECK(loads_before_return(code("488b442418 e8e4baffff 4883c448 5d c3"), 0, 80).empty());  // a call
  CHECK(loads_before_return(code("488b442418 488b1c04 4883c448 5d c3"), 0, 80).empty());    // an index
  CHECK(loads_before_return(code("488b442418 4889442420 4883c448 5d c3"), 0, 80).empty());  // a store
  CHECK(loads_before_return(code("488b442418 eb00 4883c448 5d c3"), 0, 80).empty());        // a branch
  CHECK(loads_before_return(code("488b442418 4883c448 5d"), 0, 80).empty());                // no return
  CHECK(loads_before_return(code("4883c448 5d c3"), 0, 80).empty());
  CHECK(loads_before_return(code(""), 0, 80).empty());
}
