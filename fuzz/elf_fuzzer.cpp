// core/elf over arbitrary bytes. Seeds: small real binaries.
#include "tests/unit/elf/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto elf = lldbgo::ElfFile::from_bytes(std::as_bytes(std::span(data, size)));
  if (elf) lldbgo::testing::exercise(**elf);
  return 0;
}
