// Go DWARF: functions, variables and where they live, struct layouts, call frame information.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/dwarf/type.h"
#include "core/elf/elf_file.h"

namespace lldbgo {

/// One piece of a variable's place at one pc.
struct Piece {
  enum class Where { none, frame, reg, address, implicit } where = Where::none;
  std::int64_t cfa_offset = 0;   ///< frame: bytes from the CFA (argument base)
  unsigned dwarf_register = 0;   ///< reg: 0..15 = Reg, 17.. = XMM0..
  FileAddr address;              ///< address: a global
  std::uint64_t value = 0;       ///< implicit: a constant
  std::uint64_t offset = 0;      ///< first byte of the variable that this piece holds
  std::uint64_t size = 0;        ///< bytes
};

struct Variable {
  std::string name;      ///< source name; escaped ones keep their "&x" spelling
  TypePtr type;
  bool parameter = false;  ///< parameter or result
  bool result = false;     ///< DW_AT_variable_parameter
  bool escaped = false;    ///< name starts with '&': the place holds a pointer
  int decl_line = 0;
  std::uint64_t inline_depth = 0;  ///< 0: the function itself, 1: a function inlined into it, ...
  std::string owner;       ///< name of the inlined function that declares it, "" at depth 0
  bool has_location_list = false;
  std::vector<Piece> pieces;       ///< places at the asked pc; empty: optimised out here
  std::vector<std::int64_t> frame_homes;  ///< every CFA offset any of its locations names: candidate slots even where not live
};

struct FunctionInfo {
  std::string name;
  Range<FileAddr> range;              ///< the contiguous part that contains the asked pc
  bool go = false;                    ///< of a Go unit; a C function of a cgo program has a name and a range only
  bool trampoline = false;            ///< ABI wrapper or other generated wrapper (DW_AT_trampoline)
  std::vector<Variable> parameters;   ///< in declaration order, then results
  std::vector<Variable> locals;       ///< in scope at the asked pc, inner scopes last; inlined functions' variables too
};

/// Rule of .debug_frame / .eh_frame at one pc.
struct CfiRow {
  unsigned cfa_register = 7;      ///< DWARF number (7 = rsp, 6 = rbp)
  std::int64_t cfa_offset = 8;
  std::int64_t return_address_offset = -8;       ///< from the CFA
  std::optional<std::int64_t> rbp_offset;        ///< from the CFA; absent: rbp unchanged or unknown
  bool rbp_same = false;                         ///< unchanged by the platform's ABI; never told for Go functions
  bool signal_frame = false;
  bool from_eh_frame = false;
};

/// Safe to share between threads.
class DwarfInfo {
 public:
  /// Errors: not_found (no .debug_info), malformed. Cheap: units are read when asked for.
  static Result<std::shared_ptr<const DwarfInfo>> open(std::shared_ptr<const ElfFile> elf);
  ~DwarfInfo();

  int version() const;  ///< of the first Go compile unit: 2..5

  /// The function that contains `pc`, its variables with places at `pc` (for a caller's frame pass the return address
  /// less one). Errors: not_found, malformed.
  Result<FunctionInfo> function(FileAddr pc) const;
  /// Same by exact name; `trampoline` selects the wrapper where a name has two bodies. Used to learn the Go prototype of
  /// an assembly function from its ABI wrapper.
  Result<FunctionInfo> function_named(std::string_view name, bool trampoline) const;

  /// Byte offset of `struct_name.field` ("runtime.g", "sched.sp" with dots for nesting; an embedded struct is a field
  /// named like its type). Errors: not_found.
  Result<std::uint64_t> field_offset(std::string_view struct_name, std::string_view field) const;
  Result<std::uint64_t> struct_size(std::string_view struct_name) const;
  /// Link-time address of a package-level variable. Errors: not_found (also where the linker dropped it).
  Result<FileAddr> global(std::string_view name) const;
  /// What a pointer leads to; the element of a slice or string; the runtime's record behind a map or channel.
  /// Errors: not_found.
  Result<TypePtr> pointee(const Type& type) const;
  /// A named type ("main.Shape", "runtime.g"). Errors: not_found.
  Result<TypePtr> type(std::string_view name) const;

 private:
  struct Impl;
  explicit DwarfInfo(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Call frame information: .debug_frame (Go and, with external linking, C) and .eh_frame (C), also without .debug_info.
/// Go's own never says a word about rbp. Safe to share between threads.
class CallFrameInfo {
 public:
  static Result<std::shared_ptr<const CallFrameInfo>> open(std::shared_ptr<const ElfFile> elf);
  ~CallFrameInfo();
  /// Errors: not_found (no FDE covers pc), unsupported (a CFA expression beyond register+offset).
  Result<CfiRow> row(FileAddr pc) const;

 private:
  struct Impl;
  explicit CallFrameInfo(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lldbgo
