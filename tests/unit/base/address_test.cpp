#include "core/base/address.h"

#include <type_traits>

#include "tests/unit/catch.h"

using namespace lldbgo;

// The point of the types: what must not compile does not.
static_assert(!std::is_convertible_v<std::uint64_t, LoadAddr>);
static_assert(!std::is_convertible_v<LoadAddr, std::uint64_t>);
static_assert(!std::is_convertible_v<FileAddr, LoadAddr>);
static_assert(!std::is_constructible_v<LoadAddr, FileAddr>);

TEST_CASE("address arithmetic wraps around as the machine's does") {
  LoadAddr a(0x1000);
  CHECK(a + 0x10 == LoadAddr(0x1010));
  CHECK(a - 0x1001 == LoadAddr(~std::uint64_t{0}));
  CHECK(LoadAddr(~std::uint64_t{0}) + 1 == LoadAddr(0));
  CHECK(a.offset(-0x1000) == LoadAddr(0));
  CHECK(a.offset(INT64_MIN) == LoadAddr(0x8000000000001000));
  CHECK(LoadAddr(0x2000) - a == 0x1000);
  CHECK(a - LoadAddr(0x2000) == -0x1000);
  CHECK(LoadAddr(0) - LoadAddr(~std::uint64_t{0}) == 1);
  CHECK(a);
  CHECK_FALSE(LoadAddr());
}

TEST_CASE("a slide maps between the file's addresses and the process's, in both directions") {
  for (std::uint64_t value : {std::uint64_t{0}, std::uint64_t{0x555555000000}, std::uint64_t{0} - 0x1000}) {
    CAPTURE(value);
    Slide slide{value};
    FileAddr file(0x401000);
    CHECK(slide.to_load(file).value == 0x401000 + value);
    CHECK(slide.to_file(slide.to_load(file)) == file);
  }
}

TEST_CASE("ranges are half-open, and an inverted one is empty") {
  Range<FileAddr> r{FileAddr(0x10), FileAddr(0x20)};
  CHECK(r.size() == 0x10);
  CHECK(r.contains(FileAddr(0x10)));
  CHECK(r.contains(FileAddr(0x1f)));
  CHECK_FALSE(r.contains(FileAddr(0x20)));
  CHECK_FALSE(r.contains(FileAddr(0xf)));
  Range<FileAddr> inverted{FileAddr(0x20), FileAddr(0x10)};
  CHECK(inverted.size() == 0);
  CHECK_FALSE(inverted.contains(FileAddr(0x18)));
}
