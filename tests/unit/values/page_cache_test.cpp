#include "core/target/page_cache.h"

#include "tests/support/fake_target.h"
#include "tests/unit/catch.h"
#include "tests/unit/values/fake_memory.h"

using namespace lldbgo;

TEST_CASE("each page is read once, whatever is asked for") {
  testing::FakeTarget target;
  target.map({LoadAddr(0x10000), LoadAddr(0x13000)});
  for (std::uint64_t at = 0x10000; at < 0x13000; at += 8) target.write_word(LoadAddr(at), at);
  PageCache cache(target);
  for (std::uint64_t at = 0x10000; at < 0x13000; at += 8) CHECK(cache.u64(LoadAddr(at)) == at);
  CHECK(target.reads() == 3);
  CHECK(cache.u64(LoadAddr(0x10ffc)) == 0x1100000000000ull);  // the upper half of 0x10ff8, the lower of 0x11000
}

TEST_CASE("memory that ends is read to its end") {
  testing::FakeTarget target;
  target.map({LoadAddr(0x10000), LoadAddr(0x11000)});
  PageCache cache(target);
  std::vector<std::byte> into(0x2000);
  CHECK(cache.read(LoadAddr(0x10800), into) == 0x800u);
  CHECK_FALSE(cache.read(LoadAddr(0x11000), into));
  CHECK_FALSE(cache.read(LoadAddr(~0ull - 3), into));
  // A recording that begins in the middle of a page.
  test::FakeMemory memory;
  memory.put_words(LoadAddr(0x20010), {1, 2});
  PageCache part(memory);
  CHECK(part.u64(LoadAddr(0x20018)) == 2u);
  CHECK_FALSE(part.u64(LoadAddr(0x20020)));
}
