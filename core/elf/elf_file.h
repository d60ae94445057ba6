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

struct Elf;

namespace lldbgo {

struct Section {
  std::string name;
  FileAddr address;
  std::uint64_t size = 0;   ///< bytes in memory (uncompressed size for a debug section)
  std::uint32_t type = 0;   ///< SHT_*
  std::uint64_t flags = 0;  ///< SHF_*
  std::size_t index = 0;
  Range<FileAddr> range() const { return {address, address + size}; }
};

struct Segment {  ///< a PT_LOAD
  FileAddr address;
  std::uint64_t memory_size = 0, file_size = 0;
  bool readable = false, writable = false, executable = false;
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

/// Immutable; the bytes stay mapped as long as the object lives. Safe to share.
class ElfFile {
 public:
  /// Errors: not_found (cannot open), malformed / truncated (not an ELF64 little-endian file), unsupported (not x86-64).
  static Result<std::shared_ptr<const ElfFile>> open(const std::string& path);
  /// Same over bytes in memory (fuzzing, tests); the bytes are copied.
  static Result<std::shared_ptr<const ElfFile>> from_bytes(Bytes bytes);
  ~ElfFile();

  const std::string& path() const;
  bool position_independent() const;  ///< ET_DYN
  bool has_interpreter() const;       ///< PT_INTERP
  std::uint16_t type() const;         ///< ET_*
  FileAddr entry() const;
  bool has_symtab() const;

  const std::vector<Section>& sections() const;
  const Section* section(std::string_view name) const;
  const std::vector<Segment>& segments() const;
  std::optional<TlsSegment> tls() const;
  std::string build_id() const;     ///< .note.gnu.build-id as hex, "" where absent
  std::string go_build_id() const;  ///< .note.go.buildid text, "" where absent

  /// Contents of a section, inflated; cached. Errors: malformed, limit (absurd uncompressed size).
  Result<Bytes> contents(const Section& section) const;
  /// The file's bytes that a load puts at [at, at+size). Errors: out of every file-backed segment (not_found), truncated.
  Result<Bytes> bytes(FileAddr at, std::uint64_t size) const;
  /// As many file-backed bytes as follow `at`, up to `limit`.
  Bytes bytes_from(FileAddr at, std::uint64_t limit) const;

  /// First symbol of that exact name (ABI0 bodies end in ".abi0" from Go 1.17 on). Cheap after the first call.
  std::optional<Symbol> symbol(std::string_view name) const;
  /// The symbol that covers `at` (functions and objects with a size), if any.
  std::optional<Symbol> symbol_at(FileAddr at) const;
  /// For the dwarf layer only.
  Elf* handle() const;

 private:
  struct Impl;
  explicit ElfFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lldbgo
