// One ELF file, read-only: sections (inflated where compressed), segments, symbols.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
#include "core/base/error.h"

namespace lldbgo {

class SymbolTable;

struct Section {
  std::string name;
  FileAddr address;
  std::uint64_t size = 0;   ///< bytes in memory (uncompressed size for a debug section)
  std::uint32_t type = 0;   ///< SHT_*
  std::uint64_t flags = 0;  ///< SHF_*
  std::size_t index = 0;
  std::uint64_t file_offset = 0, file_size = 0;  ///< where its (possibly compressed) bytes are in the file
  std::uint32_t link = 0;                        ///< sh_link: of a symbol table, the index of its string table
  bool compressed = false;                       ///< SHF_COMPRESSED, or a GNU `.zdebug_*`
  Range<FileAddr> range() const { return {address, address + size}; }
};

struct Segment {  ///< a PT_LOAD
  FileAddr address;
  std::uint64_t memory_size = 0, file_size = 0;
  bool readable = false, writable = false, executable = false;
  std::uint64_t file_offset = 0;
  Range<FileAddr> range() const { return {address, address + memory_size}; }
};

struct TlsSegment {
  std::uint64_t memory_size = 0, alignment = 1;
};

struct Symbol {
  std::string name;
  FileAddr address;  ///< for a TLS symbol: offset in the TLS block
  std::uint64_t size = 0;
  std::uint8_t type = 0;  ///< STT_*
};

/// Immutable; the bytes stay mapped as long as the object lives. Safe to share between threads.
/// Only headers are read by `open`; an image without section headers answers everything that segments can.
class ElfFile {
 public:
  /// Errors: not_found (cannot open), malformed / truncated (not an ELF64 little-endian file), unsupported (not
  /// x86-64).
  static Result<std::shared_ptr<const ElfFile>> open(const std::string& path);
  /// Same over bytes in memory (fuzzing, tests); the bytes are copied.
  static Result<std::shared_ptr<const ElfFile>> from_bytes(Bytes bytes);
  ~ElfFile();
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  const std::string& path() const;
  bool position_independent() const;  ///< ET_DYN
  bool has_interpreter() const;       ///< PT_INTERP
  std::uint16_t type() const;         ///< ET_*
  FileAddr entry() const;
  bool has_symtab() const;

  const std::vector<Section>& sections() const;
  /// By exact name, the first one; nullptr where there is none.
  const Section* section(std::string_view name) const;
  /// `debug_section("info")` is `.debug_info`, or `.zdebug_info` as Go wrote it up to 1.18.
  const Section* debug_section(std::string_view name) const;
  const std::vector<Segment>& segments() const;
  std::optional<TlsSegment> tls() const;
  std::string build_id() const;     ///< .note.gnu.build-id as hex, "" where absent
  std::string go_build_id() const;  ///< .note.go.buildid text, "" where absent

  /// Contents of a section of this file, inflated; cached. Errors: not_found (.bss and the like have no bytes),
  /// truncated (ends behind the file), malformed, limit (absurd uncompressed size).
  Result<Bytes> contents(const Section& section) const;
  /// The section's bytes as they are in the file, compressed or not. Errors: not_found, truncated.
  Result<Bytes> file_bytes(const Section& section) const;
  /// The file's bytes that a load puts at [at, at+size). Errors: out of every file-backed segment (not_found),
  /// truncated.
  Result<Bytes> bytes(FileAddr at, std::uint64_t size) const;
  /// As many file-backed bytes as follow `at`, up to `limit`.
  Bytes bytes_from(FileAddr at, std::uint64_t limit) const;

  /// First defined symbol of that exact name (ABI0 bodies end in ".abi0" from Go 1.17 on), from .symtab, or from
  /// .dynsym where that is all there is. Cheap after the first call.
  std::optional<Symbol> symbol(std::string_view name) const;
  /// The innermost symbol that covers `at` (functions and objects with a size), if any.
  std::optional<Symbol> symbol_at(FileAddr at) const;
  /// The whole file.
  Bytes image() const;

 private:
  struct Impl;
  const SymbolTable& symbol_table() const;
  explicit ElfFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lldbgo
