// Damaged debug information: an answer or an error, never a crash (run under ASan and UBSan by scripts/test).
#include <random>

#include "tests/unit/dwarf/exercise.h"
#include "tests/unit/elf/sample.h"

using namespace lldbgo;

namespace {

struct Original {
  std::vector<std::byte> bytes;
  std::shared_ptr<const ElfFile> elf;
  FileAddr frames, registers, escapes;

  Original(const std::string& version, const char* variant) : bytes(sample::bytes(sample::path(version, variant))) {
    elf = *ElfFile::from_bytes(bytes);
    frames = elf->symbol("main.frames")->address + 0x80;
    registers = elf->symbol("main.registers")->address + 0x10;
    escapes = elf->symbol("runtime.mallocgc")->address + 0x100;
  }
  bool tried(Bytes damaged) const {
    auto opened = ElfFile::from_bytes(damaged);
    if (!opened) return false;
    testing::exercise_dwarf(*opened, {frames, registers, escapes});
    return true;
  }
};

}  // namespace

TEST_CASE("debug information with damaged bytes") {
  for (const std::string& version : {sample::versions().front(), sample::versions().back()}) {
    Original original(version, "uncompressed");
    std::mt19937 random(7);
    for (const char* name : {"info", "abbrev", "loc", "loclists", "ranges", "rnglists", "addr", "frame"}) {
      const Section* s = original.elf->debug_section(name);
      if (s == nullptr) continue;
      INFO(version << " .debug_" << name);
      for (int round = 0; round < 60; ++round) {
        auto damaged = original.bytes;
        int flips = 1 << (round % 12);
        for (int i = 0; i < flips; ++i)
          damaged[s->file_offset + random() % s->file_size] = static_cast<std::byte>(random());
        CHECK(original.tried(damaged));
      }
    }
  }
}

TEST_CASE("debug information cut short") {
  for (const std::string& version : {sample::versions().front(), sample::versions().back()}) {
    Original original(version, "uncompressed");
    const Section* s = original.elf->debug_section("info");
    for (int i = 1; i < 40; ++i) {
      auto damaged = original.bytes;
      std::fill(damaged.begin() + static_cast<std::ptrdiff_t>(s->file_offset + s->file_size * i / 40),
                damaged.begin() + static_cast<std::ptrdiff_t>(s->file_offset + s->file_size), std::byte{0});
      CHECK(original.tried(damaged));
    }
  }
}

TEST_CASE("compressed debug information with damaged bytes") {
  Original original(sample::versions().back(), "plain");
  const Section* s = original.elf->debug_section("info");
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    auto damaged = original.bytes;
    damaged[s->file_offset + random() % (round % 2 ? 24 : s->file_size)] = static_cast<std::byte>(random());
    CHECK(original.tried(damaged));
  }
}
