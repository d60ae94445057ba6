#include "core/dwarf/native_code.h"

#include "tests/support/fake_target.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("the symbols of a file are believed only while the process runs that very file") {
  auto path = testing::sample("1.24", "cgo");
  if (!path) {
    WARN("no sample of Go 1.24: skipped");
    return;
  }
  auto elf = ElfFile::open(*path);
  REQUIRE(elf);
  auto start = (*elf)->symbol("_start");
  const Section* note = (*elf)->section(".note.gnu.build-id");
  REQUIRE(start);
  REQUIRE(note != nullptr);
  LoadAddr pc(start->address.value), id(note->address.value + 16);

  auto found = [&](auto damage) {
    testing::FakeTarget target;
    target.load(**elf, Slide{});
    damage(target);
    auto native = NativeCode(target, target).at(pc, pc);
    return native ? native->symbol : std::string();
  };
  CHECK(found([](auto&) {}) == "_start");
  CHECK(found([&](auto& target) { target.write_word(id, 0); }).empty());
  CHECK(found([&](auto& target) { target.unmap({id, id + 1}); }) == "_start");
}
