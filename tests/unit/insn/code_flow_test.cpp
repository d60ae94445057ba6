// Branches and calls of hand-assembled functions.
#include "core/insn/code_flow.h"

#include <array>

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

template <std::size_t n>
CodeFlow flow(const std::array<unsigned char, n>& code) {
  return code_flow(std::as_bytes(std::span(code)));
}

}  // namespace

TEST_CASE("a jump inside, a call out, and a tail") {
  // 0: jne 4   2: jmp 0   4: call 0x109   9: call rcx   b: call [rax+rdx*8+0x18]   f: jmp 0x200
  auto f = flow(std::array<unsigned char, 20>{0x75, 0x02, 0xeb, 0xfc, 0xe8, 0x00, 0x01, 0x00, 0x00, 0xff,
                                              0xd1, 0xff, 0x54, 0xd0, 0x18, 0xe9, 0xec, 0x01, 0x00, 0x00});
  CHECK(f.instructions == std::vector<std::uint64_t>{0, 2, 4, 9, 0xb, 0xf});
  CHECK(f.branch_targets == std::vector<std::uint64_t>{0, 4});
  REQUIRE(f.calls.size() == 4);
  CHECK(f.calls[0].target == 0x109);
  CHECK_FALSE(f.calls[0].jump);
  CHECK(f.calls[1].base == Reg::rcx);
  CHECK_FALSE(f.calls[1].memory);
  CHECK(f.calls[2].memory);
  CHECK(f.calls[2].base == Reg::rax);
  CHECK(f.calls[2].index == Reg::rdx);
  CHECK(f.calls[2].scale == 8);
  CHECK(f.calls[2].displacement == 0x18);
  CHECK(f.calls[3].jump);
  CHECK(f.calls[3].target == 0x200);
}

TEST_CASE("bytes that are no code") {
  CHECK(flow(std::array<unsigned char, 1>{0x06}).instructions.empty());
  CHECK(code_flow({}).calls.empty());
}
