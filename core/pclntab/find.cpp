// Where the linker puts the table: `.gopclntab` in a static executable and, from Go 1.26 on, everywhere;
// `.data.rel.ro.gopclntab` in an internally linked PIE up to 1.25. An external linker merges that one into
// `.data.rel.ro` (cgo PIE, c-shared, plugin), where only a symbol or its own bytes lead to it.
#include <cstring>

#include "core/pclntab/header.h"
#include "core/pclntab/pclntab.h"
#include "core/pclntab/tables.h"

namespace lldbgo {
namespace {

bool is_pclntab(const ElfFile& elf, FileAddr at) {
  Bytes bytes = pclntab_bytes(elf, at);
  auto header = parse_pc_header(bytes);
  return header && first_records_fit(bytes, *header);
}

// The table is aligned to 32 up to Go 1.25 and to 8 since.
constexpr std::uint64_t kAlignment = 8;

std::optional<FileAddr> scan(const ElfFile& elf, const Segment& segment) {
  Bytes bytes = elf.bytes_from(segment.address, segment.file_size);
  std::size_t first = (kAlignment - segment.address.value % kAlignment) % kAlignment;
  for (std::size_t i = first; i + 8 <= bytes.size(); i += kAlignment) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    // 00 00 01 08 in the upper half: no padding, quantum 1, pointer size 8.
    if (word >> 32 != 0x08010000) continue;
    auto magic = static_cast<std::uint32_t>(word);
    bool known = magic == kMagicGo12 || magic == kMagicGo116 || magic == kMagicGo118 || magic == kMagicGo120;
    if (known && is_pclntab(elf, segment.address + i)) return segment.address + i;
  }
  return std::nullopt;
}

}  // namespace

Result<FileAddr> find_pclntab(const ElfFile& elf) {
  for (const char* name : {".gopclntab", ".data.rel.ro.gopclntab"}) {
    const Section* section = elf.section(name);
    if (section != nullptr && is_pclntab(elf, section->address)) return section->address;
  }
  if (auto symbol = elf.symbol("runtime.pclntab"); symbol && is_pclntab(elf, symbol->address)) return symbol->address;
  for (const Segment& segment : elf.segments()) {
    if (!segment.readable) continue;
    if (auto found = scan(elf, segment)) return *found;
  }
  return fail(Errc::not_go, "no Go pc-line table found",
              "is this a Go program built for linux/amd64 by Go 1.15 or newer?");
}

}  // namespace lldbgo
