// The build record over arbitrary bytes: the input is the data segment of an otherwise sound file.
// Seeds: the .go.buildinfo sections of real binaries.
#include <elf.h>

#include <cstring>
#include <vector>

#include "tests/unit/elf/exercise.h"

namespace {

std::vector<std::byte> file_with(lldbgo::Bytes data) {
  constexpr std::size_t kData = 0x100;
  std::vector<std::byte> bytes(kData + data.size());
  Elf64_Ehdr h{};
  std::memcpy(h.e_ident, ELFMAG, SELFMAG);
  h.e_ident[EI_CLASS] = ELFCLASS64;
  h.e_ident[EI_DATA] = ELFDATA2LSB;
  h.e_ident[EI_VERSION] = EV_CURRENT;
  h.e_type = ET_EXEC;
  h.e_machine = EM_X86_64;
  h.e_version = EV_CURRENT;
  h.e_phoff = h.e_ehsize = sizeof h;
  h.e_phentsize = sizeof(Elf64_Phdr);
  h.e_phnum = 1;
  Elf64_Phdr p{PT_LOAD, PF_R | PF_W, kData, 0, 0, data.size(), data.size(), 0x10};
  std::memcpy(bytes.data(), &h, sizeof h);
  std::memcpy(bytes.data() + sizeof h, &p, sizeof p);
  if (!data.empty()) std::memcpy(bytes.data() + kData, data.data(), data.size());
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto elf = lldbgo::ElfFile::from_bytes(file_with(std::as_bytes(std::span(data, size))));
  if (elf) lldbgo::testing::exercise_build_info(**elf);
  return 0;
}
