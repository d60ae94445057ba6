// core/dwarf over arbitrary files. Seeds: small real binaries with uncompressed debug information.
#include "tests/unit/dwarf/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto elf = lldbgo::ElfFile::from_bytes(std::as_bytes(std::span(data, size)));
  if (!elf) return 0;
  lldbgo::FileAddr text = (*elf)->entry();
  if (const auto* section = (*elf)->section(".text"); section != nullptr) text = section->address;
  lldbgo::testing::exercise_dwarf(*elf, {text, text + 0x1000});
  return 0;
}
