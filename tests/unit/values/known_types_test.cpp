// Types of the standard library, laid out by hand as the versions of Go have them.
#include "core/values/known_types.h"

#include "core/values/format.h"
#include "tests/unit/catch.h"
#include "tests/unit/values/fake_memory.h"
#include "tests/unit/values/go_types.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

TypePtr int32() {
  return integer("int32", 4);
}
TypePtr uint32() {
  return unsigned_integer("uint32", 4);
}
TypePtr wrapped(const char* name, TypePtr v) {
  return structure(name, {{"_", structure("noCopy", {})}, {"v", std::move(v)}});
}

struct Target {
  FakeMemory memory;
  ValueContext context{memory, {}, {}, {}, nullptr};
  std::string text(TypePtr type, const std::vector<std::uint64_t>& words) {
    memory.put_words(LoadAddr(0x1000), words);
    return format_value(context, {std::move(type), LoadAddr(0x1000), {}});
  }
};

std::uint64_t halves(std::int32_t low, std::int32_t high) {
  return static_cast<std::uint32_t>(low) | std::uint64_t{static_cast<std::uint32_t>(high)} << 32;
}

}  // namespace

TEST_CASE("mutexes") {
  Target t;
  auto until_1_23 = structure("sync.Mutex", {{"state", int32()}, {"sema", uint32()}});
  auto since_1_24 =
      structure("sync.Mutex", {{"_", structure("sync.noCopy", {})},
                               {"mu", structure("internal/sync.Mutex", {{"state", int32()}, {"sema", uint32()}})}});
  for (const TypePtr& mutex : {until_1_23, since_1_24}) {
    CHECK(t.text(mutex, {0}) == "unlocked");
    CHECK(t.text(mutex, {1}) == "locked");
    CHECK(t.text(mutex, {1 | 2 << 3}) == "locked, 2 waiting");
    CHECK(t.text(mutex, {2 | 1 << 3}) == "unlocked, 1 waiting");
  }
  CHECK(t.text(structure("sync.Mutex", {{"other", integer()}}), {7}) == "{other: 7}");
}

TEST_CASE("readers and writers") {
  Target t;
  auto old = structure("sync.RWMutex", {{"readerCount", int32()}, {"readerWait", int32()}});
  auto atomic = structure("sync.RWMutex", {{"readerCount", wrapped("sync/atomic.Int32", int32())},
                                           {"readerWait", wrapped("sync/atomic.Int32", int32())}});
  for (const TypePtr& mutex : {old, atomic}) {
    CHECK(t.text(mutex, {halves(0, 0)}) == "unlocked");
    CHECK(t.text(mutex, {halves(3, 0)}) == "read-locked by 3");
    CHECK(t.text(mutex, {halves(-(1 << 30), 0)}) == "locked");
    CHECK(t.text(mutex, {halves(2 - (1 << 30), 0)}) == "locked, 2 waiting");
    CHECK(t.text(mutex, {halves(1 - (1 << 30), 1)}) == "read-locked by 1, a writer is waiting");
  }
}

TEST_CASE("atomic values show what they hold") {
  Target t;
  CHECK(t.text(wrapped("sync/atomic.Int32", int32()), {0xffffffff}) == "-1");
  CHECK(t.text(wrapped("sync/atomic.Bool", uint32()), {1}) == "true");
  CHECK(t.text(wrapped("sync/atomic.Pointer[main.T]", scalar(TypeKind::unsafe_pointer, "unsafe.Pointer", 8)),
               {0xc000}) == "0xc000");
  CHECK(t.text(structure("sync/atomic.Value", {{"v", any()}}), {0, 0}) == "nil");
  CHECK(t.text(structure("sync/atomic.Odd", {{"x", integer()}}), {5}) == "{x: 5}");
}

TEST_CASE("times and durations") {
  Target t;
  auto time = structure(
      "time.Time",
      {{"wall", unsigned_integer("uint64", 8)}, {"ext", integer("int64")}, {"loc", pointer("*time.Location")}});
  // time.Unix(1709209805, 5e8).UTC(), without and with a monotonic clock.
  std::uint64_t since_year_1 = 1709209805 + 62135596800, since_1885 = since_year_1 - 59453308800;
  CHECK(t.text(time, {500000000, since_year_1, 0}) == "2024-02-29T12:30:05.5Z");
  CHECK(t.text(time, {std::uint64_t{1} << 63 | since_1885 << 30 | 500000000, 123456, 0}) == "2024-02-29T12:30:05.5Z");
  CHECK(t.text(time, {0, 0, 0}) == "0001-01-01T00:00:00Z");
  CHECK(t.text(time, {1 << 30, 0, 0xdead}) == "0001-01-01T00:00:00Z");  // bit 30 belongs to no field without the clock
  CHECK(t.text(time, {(1 << 30) - 1, 0, 0}) == "<unavailable: 1073741823 nanoseconds are no time>");
  CHECK(t.text(time, {0}) == "<unreadable: 0x1008>");
  CHECK(t.text(integer("time.Duration"), {1500000000}) == "1.5s");
  ValueBytes missing(8);
  CHECK(format_value(t.context, *integer("time.Duration"), missing) == "<unavailable: not available>");
}
