// Asks an ELF file everything: what it answers is of no interest, that it answers is. For malformed input, in the unit
// tests and in the fuzz targets.
#pragma once

#include "core/elf/build_info.h"
#include "core/elf/elf_file.h"

namespace lldbgo::testing {

/// Reads every byte through a volatile, so that a sanitizer sees each.
inline void touch(Bytes bytes) {
  volatile std::byte sink{};
  for (std::size_t i = 0; i < bytes.size(); i += 64) sink = bytes[i];
  if (!bytes.empty()) sink = bytes.back();
  static_cast<void>(sink);
}

inline void exercise(const ElfFile& elf) {
  for (const Section& s : elf.sections()) {
    if (auto contents = elf.contents(s)) touch(*contents);
    if (auto bytes = elf.bytes(s.address, s.size)) touch(*bytes);
  }
  for (const Segment& s : elf.segments()) {
    touch(elf.bytes_from(s.address, s.memory_size));
    if (auto bytes = elf.bytes(s.address + s.file_size - 1, 1)) touch(*bytes);
    if (auto symbol = elf.symbol_at(s.address)) elf.symbol(symbol->name);
  }
  elf.symbol("main.main");
  elf.symbol_at(elf.entry());
  elf.debug_section("info");
  elf.tls();
  elf.build_id();
  elf.go_build_id();
}

inline void exercise_build_info(const ElfFile& elf) {
  if (auto info = read_build_info(elf))
    for (const GoModule& m : info->dependencies) touch(std::as_bytes(std::span(m.path)));
}

}  // namespace lldbgo::testing
