// Truncated and damaged files: an answer or an error, never a crash (run under ASan and UBSan by scripts/test).
#include <cstring>
#include <random>

#include "tests/unit/elf/exercise.h"
#include "tests/unit/elf/sample.h"

using namespace lldbgo;

namespace {

std::size_t tried(Bytes bytes) {
  auto elf = ElfFile::from_bytes(bytes);
  if (!elf) return 0;
  testing::exercise(**elf);
  testing::exercise_build_info(**elf);
  return 1;
}

}  // namespace

TEST_CASE("an ELF file cut anywhere") {
  for (const char* variant : {"stripped", "plain", "cgo-pie"}) {
    auto bytes = sample::bytes(sample::path(sample::versions().front(), variant));
    std::size_t opened = 0;
    for (std::size_t n = 0; n < 256; ++n) opened += tried(Bytes(bytes).first(n));
    for (std::size_t n = 256; n < bytes.size(); n += bytes.size() / 150 + 1) opened += tried(Bytes(bytes).first(n));
    CHECK(opened > 50);
  }
}

TEST_CASE("an ELF file with damaged headers") {
  for (const char* variant : {"stripped", "plain", "cgo-pie"}) {
    auto bytes = sample::bytes(sample::path(sample::versions().back(), variant));
    auto elf = ElfFile::from_bytes(bytes);
    REQUIRE(elf);
    std::uint64_t sections_at = 0;
    std::memcpy(&sections_at, bytes.data() + 40, 8);  // e_shoff
    std::size_t sections_size = ((*elf)->sections().size() + 1) * 64;
    std::mt19937 random(1);
    std::size_t opened = 0;
    for (int round = 0; round < 400; ++round) {
      auto damaged = bytes;
      for (int flips = 0; flips < 4; ++flips) {
        std::size_t at = random() % 2 ? random() % 1024 : sections_at + random() % sections_size;
        damaged[at] = static_cast<std::byte>(random());
      }
      opened += tried(damaged);
    }
    CHECK(opened > 20);
  }
}

TEST_CASE("a build record with damaged bytes") {
  for (const char* version : {"first", "last"}) {
    std::string go = version == std::string("first") ? sample::versions().front() : sample::versions().back();
    auto bytes = sample::bytes(sample::path(go, "stripped"));
    auto elf = ElfFile::from_bytes(bytes);
    REQUIRE(elf);
    const Section* s = (*elf)->section(".go.buildinfo");
    REQUIRE(s != nullptr);
    std::mt19937 random(1);
    for (int round = 0; round < 300; ++round) {
      auto damaged = bytes;
      damaged[s->file_offset + 14 + random() % (s->file_size - 14)] = static_cast<std::byte>(random());
      auto again = ElfFile::from_bytes(damaged);
      REQUIRE(again);
      testing::exercise_build_info(**again);
    }
  }
}
