// Prologues of real functions, and at every instruction boundary where the caller's BP is.
#include "core/insn/prologue.h"

#include "core/insn/calls.h"
#include "core/target/threads.h"
#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;
using test::code;

namespace {

/// `bp_in_slot`: does [fp-16] hold the caller's BP before this instruction? `bp_at_slot`: does RBP point at it?
struct Step {
  const char* bytes;
  const char* text;
  bool bp_in_slot, bp_at_slot;
};

struct Case {
  const char* name;
  std::vector<Step> steps;
  std::uint64_t frame_bytes;
  int body_step;       // index of the first instruction of the body; -1: no frame
  int morestack_step;  // index of the first instruction of the morestack block; -1 none
};

const Case kCases[] = {
    {"go1.15 main.small",
     {{"64488b0c25f8ffffff", "MOVQ FS:-8, CX", false, false},
      {"483b6110", "CMPQ 0x10(CX), SP", false, false},
      {"7643", "JBE +0x52", false, false},
      {"4883ec18", "SUBQ $0x18, SP", false, false},
      {"48896c2410", "MOVQ BP, 0x10(SP)", false, false},
      {"488d6c2410", "LEAQ 0x10(SP), BP", true, false},
      {"488b442420", "MOVQ 0x20(SP), AX", true, true},
      {"48890424", "MOVQ AX, 0(SP)", true, true},
      {"e8b5ffffff", "CALL main.leaf", true, true},
      {"488b442430 4803442408 f20f10442438 f2480f2cc8 4801c8 4889442440", "(body)", true, true},
      {"488b6c2410", "MOVQ 0x10(SP), BP", true, true},
      {"4883c418", "ADDQ $0x18, SP", true, true},
      {"c3", "RET", true, true},
      {"e8c9aeffff", "CALL runtime.morestack_noctxt", true, true},
      {"eba7", "JMP entry", true, true}},
     0x18,
     6,
     13},
    {"go1.27 main.small",
     {{"493b6610", "CMPQ SP, 0x10(R14)", false, false},
      {"763c", "JBE +0x42", false, false},
      {"55", "PUSHQ BP", false, false},
      {"4889e5", "MOVQ SP, BP", true, false},
      {"4883ec08", "SUBQ $0x8, SP", true, true},
      {"48895c2420", "MOVQ BX, 0x20(SP)", true, true},
      {"48894c2428 f20f11442430 6690 e8bbffffff 488b4c2428 4801c1 f20f10442430 f2480f2cd0 488d040a", "(body)", true,
       true},
      {"4883c408", "ADDQ $0x8, SP", true, true},
      {"5d", "POPQ BP", true, true},
      {"c3", "RET", true, true},
      {"4889442408", "MOVQ AX, 0x8(SP)", true, true},
      {"48895c2410 48894c2418 f20f11442420 e8e4baffff 488b442408 488b5c2410 488b4c2418 f20f10442420", "(grow)", true,
       true},
      {"eb8d", "JMP entry", true, true}},
     0x10,
     5,
     10},
    {"frameless leaf", {{"48ffc0", "INCQ AX", false, false}, {"c3", "RET", false, false}}, 0, -1, -1},
    {"frame of 128 bytes: ADDQ $-128 (1.21+)",
     {{"55", "PUSHQ BP", false, false},
      {"4889e5", "MOVQ SP, BP", true, false},
      {"4883c480", "ADDQ $-0x80, SP", true, true},
      {"c3", "RET", true, true}},
     0x88,
     3,
     -1},
    {"frame of 128 bytes: ADDQ $-128 (1.20)",
     {{"4883c480", "ADDQ $-0x80, SP", false, false},
      {"48896c2478", "MOVQ BP, 0x78(SP)", false, false},
      {"488d6c2478", "LEAQ 0x78(SP), BP", true, false},
      {"c3", "RET", true, true}},
     0x80,
     3,
     -1},
    {"frame for BP alone (1.20)",
     {{"4883ec08", "SUBQ $8, SP", false, false},
      {"48892c24", "MOVQ BP, 0(SP)", false, false},
      {"488d2c24", "LEAQ 0(SP), BP", true, false},
      {"e800000000", "CALL", true, true}},
     8,
     3,
     -1},
    {"runtime.asyncPreempt: pushes by hand",
     {{"55", "PUSHQ BP", false, false},
      {"4889e5", "MOVQ SP, BP", true, false},
      {"9c", "PUSHFQ", true, true},
      {"4881ec70010000", "SUBQ $368, SP", true, true},
      {"48890424", "MOVQ AX, 0(SP)", true, true}},
     0x180,
     4,
     -1},
    {"BP pushed below something else is not at fp-16",
     {{"53", "PUSHQ BX", false, false}, {"55", "PUSHQ BP", false, false}, {"c3", "RET", false, false}},
     16,
     2,
     -1},
    {"BP used as a scratch register first",
     {{"31ed", "XORL BP, BP", false, false}, {"55", "PUSHQ BP", false, false}, {"c3", "RET", false, false}},
     0,
     -1,
     -1},
    {"a duff call's BP below SP is not the saved BP",
     {{"4883ec10", "SUBQ $16, SP", false, false},
      {"48896c24f0", "MOVQ BP, -0x10(SP)", false, false},
      {"488d6c24f0", "LEAQ -0x10(SP), BP", false, false},
      {"e800000000", "CALL duffzero", false, false}},
     16,
     1,
     -1},
};

}  // namespace

TEST_CASE("find_prologue at every instruction boundary") {
  for (const Case& c : kCases) {
    CAPTURE(c.name);
    std::vector<std::byte> all;
    std::vector<std::uint64_t> starts;
    for (const Step& s : c.steps) {
      starts.push_back(all.size());
      auto bytes = code(s.bytes);
      all.insert(all.end(), bytes.begin(), bytes.end());
    }
    Prologue p = find_prologue(all);
    CHECK(p.frame_bytes == c.frame_bytes);
    CHECK(p.body_at == (c.body_step < 0 ? 0 : starts[static_cast<std::size_t>(c.body_step)]));
    CHECK(p.morestack_at.has_value() == (c.morestack_step >= 0));
    if (c.morestack_step >= 0) CHECK(p.morestack_at == starts[static_cast<std::size_t>(c.morestack_step)]);
    for (std::size_t i = 0; i < c.steps.size(); ++i) {
      CAPTURE(i, c.steps[i].text);
      CHECK((p.saves_bp && starts[i] >= p.bp_saved_at) == c.steps[i].bp_in_slot);
      CHECK(p.bp_is_set(starts[i]) == c.steps[i].bp_at_slot);
    }
  }
}

TEST_CASE("two stack-check jumps to one morestack block") {
  // go1.27 main.big with an empty body: both jumps go to `grow`, `grow` jumps back to the entry.
  auto bytes = code(
      "4989e4 4981ec18170000 7212 4d3b6610 760c 55 4889e5 4881ec90170000 c3"
      "4889442408 e841baffff 488b442408 e9ceffffff");
  Prologue p = find_prologue(bytes);
  REQUIRE(p.morestack_at);
  CHECK(*p.morestack_at == 0x1e);
  CHECK(p.saves_bp);
  CHECK(p.bp_saved_at == 0x13);
  CHECK(p.bp_set_at == 0x16);
  CHECK(p.body_at == 0x1d);
  CHECK(p.frame_bytes == 0x1798);
}

TEST_CASE("a jump that is no stack check ends the prologue") {
  // JBE +1 over a PUSHQ BP into a RET: what follows runs on one path only.
  Prologue p = find_prologue(code("493b6610 7604 55 4889e5 c3"));
  CHECK_FALSE(p.morestack_at);
  CHECK_FALSE(p.saves_bp);
  CHECK(p.body_at == 0);
}

TEST_CASE("assembly that pushes BP to use it as it likes never has it point at the slot") {
  auto bytes = code("55 e800000000 5d c3");  // PUSHQ BP; CALL; POPQ BP; RET
  Prologue p = find_prologue(bytes);
  CHECK(p.saves_bp);
  for (std::uint64_t offset : {0, 1, 6, 7}) CHECK_FALSE(p.bp_is_set(offset));
}

TEST_CASE("truncated and empty code") {
  CHECK_FALSE(find_prologue({}).saves_bp);
  CHECK_FALSE(find_prologue(code("48")).saves_bp);
  // The jump leaves the bytes given: the prologue is still read, only the morestack block is unknown.
  Prologue p = find_prologue(code("493b6610 763c 55 4889e5 4883ec08"));
  CHECK(p.saves_bp);
  CHECK_FALSE(p.morestack_at);
  CHECK(p.frame_bytes == 16);
}

TEST_CASE("is_call_before") {
  struct Row {
    const char* name;
    const char* bytes;
    bool expected;
  };
  const Row rows[] = {
      {"CALL rel32", "e8bbffffff", true},
      {"CALL rel32 after other code", "488b442420 e8bbffffff", true},
      {"CALL AX", "ffd0", true},
      {"CALL R12", "41ffd4", true},
      {"CALL 0(DX)", "ff12", true},
      {"CALL 0x20(R8)", "41ff5020", true},
      {"CALL 0x12345678(AX*8)", "ff94c078563412", true},
      {"CALL *GOT(RIP)", "ff1500100000", true},
      {"prefixed CALL of a TLS sequence", "666648e800000000", true},
      {"JMP rel32", "e9bbffffff", false},
      {"JMP AX", "ffe0", false},
      {"MOVQ", "488b442420", false},
      {"CALL, then NOP", "e8bbffffff 90", false},
      {"nothing", "", false},
      {"half a CALL", "ffff", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(is_call_before(code(row.bytes)) == row.expected);
  }
}

TEST_CASE("preceding_instruction") {
  // 0 INCQ AX; 3 CALL; 8 NOPL 0(AX); 11 XORL CX, CX; 13 NOPW; 15 RET
  auto bytes = code("48ffc0 e800000000 0f1f00 31c9 6690 c3");
  struct Row {
    std::uint64_t offset, at;
    bool call, padded, writes_ax, writes_cx;
  };
  const Row rows[] = {{3, 0, false, false, true, false},
                      {8, 3, true, false, true, true},
                      {11, 3, true, true, true, true},
                      {13, 11, false, false, false, true},
                      {15, 11, false, true, false, true}};
  for (const Row& row : rows) {
    CAPTURE(row.offset);
    auto before = preceding_instruction(bytes, row.offset);
    REQUIRE(before);
    CHECK(before->offset == row.at);
    CHECK(before->call == row.call);
    CHECK(before->padded == row.padded);
    CHECK(before->writes[static_cast<unsigned>(Reg::rax)] == row.writes_ax);
    CHECK(before->writes[static_cast<unsigned>(Reg::rcx)] == row.writes_cx);
  }
  for (std::uint64_t none : {0, 9, 99}) CHECK_FALSE(preceding_instruction(bytes, none));
  // CALL; XORPS X15, X15; MOVQ FS:-8, R14; MOVQ AX, BX: the call's tail is not the program's own.
  auto abi0 = code("e800000000 450f57ff 644c8b3425f8ffffff 4889c3");
  CHECK(preceding_instruction(abi0, 9)->call);
  CHECK(preceding_instruction(abi0, 18)->call);
  CHECK_FALSE(preceding_instruction(abi0, 21)->call);
}

TEST_CASE("preceding_instruction far into a function: a call overwrites every register there too") {
  constexpr std::size_t kFar = 16384;
  std::vector<std::byte> bytes(kFar, std::byte{0x90});
  auto call = code("e800000000");
  bytes.insert(bytes.end(), call.begin(), call.end());
  auto before = preceding_instruction(bytes, bytes.size());
  REQUIRE(before);
  CHECK(before->call);
  CHECK(before->writes.all());
}

TEST_CASE("rip_references") {
  // 0x1000: MOVQ 0x100(RIP), AX; LEAQ -7(RIP), BX; MOVQ CX, 0x20(RIP); RET
  auto bytes = code("488b0500010000 488d1df9ffffff 48890d20000000 c3");
  auto refs = rip_references(bytes, FileAddr(0x1000), 8);
  REQUIRE(refs.size() == 3);
  CHECK(refs[0].target == FileAddr(0x1107));
  CHECK(refs[0].size == 8);
  CHECK_FALSE(refs[0].write);
  CHECK(refs[1].offset == 7);
  CHECK(refs[1].target == FileAddr(0x1007));
  CHECK(refs[1].size == 0);
  CHECK(refs[2].target == FileAddr(0x1035));
  CHECK(refs[2].write);
  CHECK(rip_references(bytes, FileAddr(0x1000), 1).size() == 1);
  CHECK(rip_relative_target(bytes, FileAddr(0x1000)) == FileAddr(0x1107));
  CHECK_FALSE(rip_relative_target(code("c3"), FileAddr(0x1000)));
}
