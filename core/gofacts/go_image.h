// The immutable facts of one Go ELF file: what it is, its tables, its debug info. Cached by the host per path,
// inode, size and time of change; everything in it is in link-time addresses.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/dwarf/dwarf_info.h"
#include "core/elf/build_info.h"
#include "core/elf/elf_file.h"
#include "core/gofacts/go_version.h"
#include "core/gofacts/moduledata.h"
#include "core/gofacts/provenance.h"
#include "core/gofacts/struct_offsets.h"
#include "core/pclntab/pclntab.h"

namespace lldbgo {

class GoImage {
 public:
  /// Reads what every command needs; debug info is opened on first use. Errors: not_go, unsupported, malformed,
  /// truncated.
  static Result<std::shared_ptr<const GoImage>> open(const std::string& path);
  static Result<std::shared_ptr<const GoImage>> from_elf(std::shared_ptr<const ElfFile> elf);
  ~GoImage();

  const ElfFile& elf() const;
  const Pclntab& pclntab() const;
  const Moduledata& moduledata() const;  ///< `address` is 0 where none was found (then problems() says so)
  const GoVersion& version() const;
  const char* version_source() const;  ///< "buildinfo"|"symbol"|"dwarf"|"pclntab"
  Support support() const;
  const BuildInfo& build_info() const;
  std::string build_mode() const;  ///< "exe"|"pie"|"c-shared"|"plugin"|...
  bool stripped() const;           ///< no symbol table
  std::optional<bool> cgo() const;
  bool register_abi() const;                         ///< ABIInternal passes arguments in registers (1.17+ on amd64)
  const std::vector<std::string>& problems() const;  ///< what was odd while opening

  const DwarfInfo* dwarf() const;    ///< null where there is none
  const CallFrameInfo* cfi() const;  ///< null where there is none

  /// DWARF first, then the measured table. `field` may use alternatives "atomicstatus.value|atomicstatus".
  /// Errors: not_found.
  Result<StructOffset> offset(std::string_view struct_name, std::string_view field) const;
  /// A runtime global by linker name ("runtime.allgs"): symbol table, then DWARF. Errors: not_found (stripped).
  Result<FileAddr> global(std::string_view name) const;
  /// Text of a wait reason: read from the version's table. "" unknown.
  std::string wait_reason(std::uint8_t value) const;

 private:
  struct Impl;
  explicit GoImage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lldbgo
