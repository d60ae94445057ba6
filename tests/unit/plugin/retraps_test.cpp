// Which stop is the second report of one pass over a breakpoint.
#include "plugin/retraps.h"

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

constexpr TrapSite kSite{LoadAddr(0x4935c7), LoadAddr(0xc000046f50)};
constexpr TrapSite kOtherStack{LoadAddr(0x4935c7), LoadAddr(0xc000088f50)};
constexpr TrapSite kOtherPc{LoadAddr(0x4935d0), LoadAddr(0xc000046f50)};

}  // namespace

TEST_CASE("a trap is expected once") {
  Retraps retraps;
  CHECK_FALSE(retraps.take(kSite));
  retraps.expect(kSite);
  CHECK(retraps.take(kSite));
  CHECK_FALSE(retraps.take(kSite));
}

TEST_CASE("noting the same trap twice brings one report") {
  Retraps retraps;
  retraps.expect(kSite);
  retraps.expect(kSite);
  CHECK(retraps.take(kSite));
  CHECK(retraps.empty());
}

TEST_CASE("another goroutine at the same breakpoint is no second report") {
  Retraps retraps;
  retraps.expect(kSite);
  CHECK_FALSE(retraps.take(kOtherStack));
  CHECK_FALSE(retraps.take(kOtherPc));
  CHECK(retraps.take(kSite));
}

TEST_CASE("a breakpoint that is gone is not waited for") {
  Retraps retraps;
  retraps.expect(kSite);
  retraps.expect(kOtherPc);
  retraps.forget_if([](TrapSite site) { return site == kSite; });
  CHECK_FALSE(retraps.take(kSite));
  CHECK(retraps.take(kOtherPc));
}

TEST_CASE("what never comes does not pile up") {
  Retraps retraps;
  for (std::uint64_t i = 0; i < 5000; ++i) retraps.expect({LoadAddr(i), LoadAddr(1)});
  CHECK_FALSE(retraps.take({LoadAddr(0), LoadAddr(1)}));
  CHECK(retraps.take({LoadAddr(4999), LoadAddr(1)}));
}
