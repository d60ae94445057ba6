// What an ElfFile holds; private to core/elf.
#pragma once

#include <libelf.h>

#include <map>
#include <mutex>
#include <optional>

#include "core/elf/elf_file.h"
#include "core/elf/symbol_index.h"

namespace lldbgo {

struct ElfFile::Impl {
  std::string path;
  std::vector<std::byte> owned;  // the bytes of from_bytes
  Elf* elf = nullptr;
  Bytes image;

  std::uint16_t type = 0;
  FileAddr entry;
  bool interpreter = false;
  std::optional<TlsSegment> tls;
  std::vector<Section> sections;
  std::vector<Segment> segments;
  std::string build_id, go_build_id;

  const Section* symbol_section = nullptr;  // .symtab, else .dynsym
  std::once_flag table_once, names_once, addresses_once;
  std::optional<SymbolTable> table;
  std::optional<NameIndex> names;
  std::optional<AddressIndex> addresses;

  std::mutex inflated_mutex;
  std::map<std::size_t, Result<std::vector<std::byte>>> inflated;  // by section index

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (elf != nullptr) elf_end(elf);
  }

  /// `n` bytes of the file at `offset`; absent where the file ends earlier.
  std::optional<Bytes> file_bytes(std::uint64_t offset, std::uint64_t n) const {
    if (offset > image.size() || n > image.size() - offset) return {};
    return image.subspan(offset, n);
  }
  Result<> read_headers();
  void read_notes(std::uint64_t offset, std::uint64_t size, std::uint64_t alignment);
  void read_sections();
};

}  // namespace lldbgo
