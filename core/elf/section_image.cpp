#include "core/elf/section_image.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace lldbgo {
namespace {

constexpr std::uint64_t kMaxImage = std::uint64_t{2} << 30;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // deflate cannot do better (zlib technical notes)
constexpr std::uint64_t kAlignment = 16;

template <class Record>
void put(std::vector<std::byte>& image, std::size_t at, const Record& record) {
  std::memcpy(image.data() + at, &record, sizeof record);
}

Elf64_Ehdr file_header(std::uint16_t type, std::size_t section_count) {
  Elf64_Ehdr h{};
  std::memcpy(h.e_ident, ELFMAG, SELFMAG);
  h.e_ident[EI_CLASS] = ELFCLASS64;
  h.e_ident[EI_DATA] = ELFDATA2LSB;
  h.e_ident[EI_VERSION] = EV_CURRENT;
  h.e_type = type;
  h.e_machine = EM_X86_64;
  h.e_version = EV_CURRENT;
  h.e_ehsize = sizeof h;
  h.e_shoff = sizeof h;
  h.e_shentsize = sizeof(Elf64_Shdr);
  h.e_shnum = static_cast<Elf64_Half>(section_count);
  h.e_shstrndx = static_cast<Elf64_Half>(section_count - 1);
  return h;
}

Result<> check_size(const Section& s, std::uint64_t& total) {
  if (s.size > kMaxImage || s.size / kMaxDeflateRatio > s.file_size || (total += s.size) > kMaxImage)
    return fail(Errc::limit, fmt::format("section {}: {} bytes claim to inflate to {}", s.name, s.file_size, s.size));
  return {};
}

}  // namespace

Result<std::vector<std::byte>> make_section_image(const ElfFile& elf, std::span<const Section* const> sections) {
  // Layout: file header, section headers (a null one first, the names last), contents, names.
  std::vector<Elf64_Shdr> headers(1);
  std::string names(1, '\0');
  std::uint64_t end = sizeof(Elf64_Ehdr) + (sections.size() + 2) * sizeof(Elf64_Shdr), total = 0;
  auto add = [&](std::string_view name, std::uint32_t type, std::uint64_t flags, std::uint64_t size) {
    Elf64_Shdr h{};
    h.sh_name = static_cast<Elf64_Word>(names.size());
    h.sh_type = type;
    h.sh_flags = flags;
    h.sh_offset = end = (end + kAlignment - 1) & ~(kAlignment - 1);
    h.sh_size = size;
    h.sh_addralign = 1;
    headers.push_back(h);
    end += size;
    names.append(name).push_back('\0');
  };
  std::vector<Bytes> contents;
  for (const Section* s : sections) {
    auto bytes = elf.file_bytes(*s);
    if (!bytes) return pass(bytes);
    if (auto checked = check_size(*s, total); !checked) return pass(checked);
    add(s->name, SHT_PROGBITS, s->flags & SHF_COMPRESSED, bytes->size());
    contents.push_back(*bytes);
  }
  std::string_view last = ".shstrtab";
  add(last, SHT_STRTAB, 0, names.size() + last.size() + 1);

  std::vector<std::byte> image(end);
  put(image, 0, file_header(elf.type(), headers.size()));
  for (std::size_t i = 0; i < headers.size(); ++i) put(image, sizeof(Elf64_Ehdr) + i * sizeof(Elf64_Shdr), headers[i]);
  for (std::size_t i = 0; i < contents.size(); ++i)
    std::copy(contents[i].begin(), contents[i].end(),
              image.begin() + static_cast<std::ptrdiff_t>(headers[i + 1].sh_offset));
  std::memcpy(image.data() + headers.back().sh_offset, names.data(), names.size());
  return image;
}

}  // namespace lldbgo
