// Barriers as the compilers of Go 1.15 to 1.27 write them. The code stands where the linker put it; only the addresses
// of the routines and of the flag matter.
#include "core/insn/write_barrier.h"

#include "tests/unit/catch.h"
#include "tests/unit/insn/code.h"

using namespace lldbgo;
using test::code;

namespace {

struct Expected {
  std::uint64_t call = 0;
  std::vector<std::string> records;  // "new BX"
  std::vector<std::string> stores;
};

std::vector<BarrierSite> sites(std::string_view hex, std::uint64_t entry, std::uint64_t routine, std::string_view name,
                               std::uint64_t flag) {
  auto bytes = code(hex);
  auto at = [&](FileAddr target) { return target.value == routine ? barrier_routine(name) : std::nullopt; };
  return barrier_sites(bytes, FileAddr(entry), at, FileAddr(flag));
}

void check(const BarrierSite& site, const Expected& expected) {
  CHECK(site.call == expected.call);
  CHECK(site.decoded());
  CHECK(site.test);
  std::vector<std::string> records, stores;
  for (const BarrierRecord& r : site.records)
    records.push_back(std::string(barrier_role_name(r.role)) + " " + operand_text(r.source, {}));
  for (const BarrierStore& s : site.stores) stores.push_back(operand_text(s.slot, {}));
  CHECK(records == expected.records);
  CHECK(stores == expected.stores);
}

constexpr std::string_view kWords124 =
    "493b6610 7623"   // 00 CMPQ SP, 0x10(R14); JBE 29
    "55 4889e5 8400"  // 06 PUSHQ BP; MOVQ SP, BP; TESTB AL, 0(AX)
    "833d1d240f0000"  // 0c CMPL runtime.writeBarrier(SB), $0
    "740f"            // 13 JEQ 24
    "e8668ffdff"      // 15 CALL runtime.gcWriteBarrier2
    "49891b"          // 1a MOVQ BX, 0(R11)
    "488b08"          // 1d MOVQ 0(AX), CX
    "49894b08"        // 20 MOVQ CX, 0x8(R11)
    "488918"          // 24 MOVQ BX, 0(AX)
    "5d c3";          // 27 POPQ BP; RET
constexpr std::uint64_t kEntry124 = 0x495060, kRoutine124 = 0x46dfe0, kFlag124 = 0x587490;

}  // namespace

TEST_CASE("until Go 1.20 the routine records a pair and stores") {
  auto found = sites(
      "833dd3f70e0000"    // 00 CMPL runtime.writeBarrier(SB), $0
      "752c"              // 07 JNE 35
      "488b4c2418"        // 09 MOVQ 0x18(SP), CX
      "48894808"          // 0e MOVQ CX, 0x8(AX)
      "488b4c2420"        // 12 MOVQ 0x20(SP), CX
      "48894810"          // 17 MOVQ CX, 0x10(AX)
      "488b4c2428"        // 1b MOVQ 0x28(SP), CX
      "48894818"          // 20 MOVQ CX, 0x18(AX)
      "48c7402000000000"  // 24 MOVQ $0, 0x20(AX)
      "488b2c24"          // 2c MOVQ 0(SP), BP
      "4883c408"          // 30 ADDQ $8, SP
      "c3"                // 34 RET
      "488d7808"          // 35 LEAQ 0x8(AX), DI
      "488b4c2418"        // 39 MOVQ 0x18(SP), CX
      "e87768fcff"        // 3e CALL runtime.gcWriteBarrierCX
      "488d7810"          // 43 LEAQ 0x10(AX), DI
      "488b4c2420"        // 47 MOVQ 0x20(SP), CX
      "e86968fcff"        // 4c CALL runtime.gcWriteBarrierCX
      "ebd8",             // 51 JMP 2b... behind the stores
      0x49cde6, 0x4636a0, "runtime.gcWriteBarrierCX", 0x58c5c0);
  REQUIRE(found.size() == 2);
  check(found[0], {0x3e, {"new 0x18(SP)", "old 0x8(AX)"}, {"0x8(AX)"}});
  check(found[1], {0x4c, {"new 0x20(SP)", "old 0x10(AX)"}, {"0x10(AX)"}});
  CHECK(found[0].what.value == Reg::rcx);
  CHECK(found[0].test == 0);
}

TEST_CASE("from Go 1.21 to 1.24 the old value is loaded behind the call") {
  auto found = sites(kWords124, kEntry124, kRoutine124, "runtime.gcWriteBarrier2", kFlag124);
  REQUIRE(found.size() == 1);
  check(found[0], {0x15, {"new BX", "old (AX)"}, {"(AX)"}});
  std::vector<std::uint64_t> steps;
  for (const BarrierStep& s : found[0].steps) steps.push_back(s.at);
  CHECK(steps == std::vector<std::uint64_t>{0x0c, 0x15, 0x1a, 0x1d, 0x20, 0x24});
}

TEST_CASE("from Go 1.25 on the old value is loaded before the call, and registers are reloaded on both branches") {
  auto found = sites(
      "833dee0ff60000"  // 00 CMPL runtime.writeBarrier(SB), $0
      "7507"            // 07 JNE 10
      "488b7c2440"      // 09 MOVQ 0x40(SP), DI
      "eb16"            // 0e JMP 26
      "488b32"          // 10 MOVQ 0(DX), SI
      "6690"            // 13 NOPW
      "e87be40800"      // 15 CALL runtime.gcWriteBarrier2
      "488b7c2440"      // 1a MOVQ 0x40(SP), DI
      "49893b"          // 1f MOVQ DI, 0(R11)
      "49897308"        // 22 MOVQ SI, 0x8(R11)
      "48893a"          // 26 MOVQ DI, 0(DX)
      "4889d9 c3",      // 29 MOVQ BX, CX; RET
      0x405b0b, 0x493fa0, "runtime.gcWriteBarrier2", 0x1366b00);
  REQUIRE(found.size() == 1);
  check(found[0], {0x15, {"new 0x40(SP)", "old (DX)"}, {"(DX)"}});
}

TEST_CASE(
    "words are in the order of the buffer, whatever the order of the code; two slots cleared at once are both old") {
  auto found = sites(
      "833df9ffffff00"  // 00 CMPL 0x1000(SB), $0
      "741a"            // 07 JEQ 23
      "e8f2ffffff"      // 09 CALL 0x1000
      "488b4808"        // 0e MOVQ 0x8(AX), CX
      "49894b08"        // 12 MOVQ CX, 0x8(R11)
      "488b10"          // 16 MOVQ 0(AX), DX
      "90 498913"       // 19 NOP; MOVQ DX, 0(R11)
      "90909090 9090"   // 1d
      "440f1138"        // 23 MOVUPS X15, 0(AX)
      "c3",
      0x1000, 0x1000, "runtime.gcWriteBarrier2", 0x1000);
  REQUIRE(found.size() == 1);
  check(found[0], {0x9, {"old (AX)", "old 0x8(AX)"}, {"(AX)", "0x8(AX)"}});
}

TEST_CASE("what is not decoded says so") {
  std::string hex(kWords124);
  SECTION("a word that is never written") {
    hex.replace(hex.find("49894b08"), 8, "49894b10");  // MOVQ CX, 0x10(R11)
    auto found = sites(hex, kEntry124, kRoutine124, "runtime.gcWriteBarrier2", kFlag124);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].decoded());
    CHECK(found[0].records.empty());
  }
  SECTION("a register that something else was done to") {
    hex.replace(hex.find("488b08"), 6, "48ffc1");  // INCQ CX
    auto found = sites(hex, kEntry124, kRoutine124, "runtime.gcWriteBarrier2", kFlag124);
    REQUIRE(found.size() == 1);
    CHECK_FALSE(found[0].decoded());
  }
  SECTION("another store behind the join: the slot is not known") {
    hex.replace(hex.find("488918"), 6, "48891a");  // MOVQ BX, 0(DX)
    auto found = sites(hex, kEntry124, kRoutine124, "runtime.gcWriteBarrier2", kFlag124);
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].stores.size() == 1);
    CHECK(operand_text(found[0].stores[0].slot, {}) == "(DX)");
  }
}

TEST_CASE("without a flag any test counts, with one only its own") {
  CHECK(sites(kWords124, kEntry124, kRoutine124, "runtime.gcWriteBarrier2", 0x4000)[0].test == std::nullopt);
  auto at = [&](FileAddr target) {
    return target.value == kRoutine124 ? barrier_routine("runtime.gcWriteBarrier2") : std::nullopt;
  };
  auto found = barrier_sites(code(kWords124), FileAddr(kEntry124), at, std::nullopt);
  REQUIRE(found.size() == 1);
  CHECK(found[0].test == 0x0c);
}

TEST_CASE("code that is cut off anywhere") {
  auto whole = code(kWords124);
  auto at = [&](FileAddr target) {
    return target.value == kRoutine124 ? barrier_routine("runtime.gcWriteBarrier2") : std::nullopt;
  };
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    auto found = barrier_sites(Bytes(whole).first(n), FileAddr(kEntry124), at, FileAddr(kFlag124));
    CHECK(found.size() == (n >= 0x1a ? 1 : 0));
    if (n < 0x24) {
      for (const BarrierSite& s : found) CHECK_FALSE(s.decoded());
    }
  }
}

TEST_CASE("names of routines") {
  struct Row {
    const char* name;
    std::optional<unsigned> words;
    Reg value = Reg::rax;
  };
  const Row rows[] = {
      {"runtime.gcWriteBarrier", 2},
      {"runtime.gcWriteBarrierCX", 2, Reg::rcx},
      {"runtime.gcWriteBarrierR9", 2, Reg::r9},
      {"runtime.gcWriteBarrier1", 1, Reg::r11},
      {"runtime.gcWriteBarrier8", 8, Reg::r11},
      {"runtime.wbZero", 0},
      {"runtime.gcWriteBarrier9", {}},
      {"runtime.gcWriteBarrier0", {}},
      {"runtime.gcWriteBarrierXX", {}},
      {"runtime.wbBufFlush", {}},
      {"", {}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    auto found = barrier_routine(row.name);
    CHECK(found.has_value() == row.words.has_value());
    if (found && row.words) {
      CHECK(found->words == *row.words);
      CHECK(found->value == row.value);
    }
  }
  for (std::string_view name : barrier_routine_names()) CHECK(barrier_routine(name));
}
