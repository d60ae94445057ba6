// Go's pc-line table of one module: functions, frame sizes, lines, inlining, pointer maps, argument info.
// runtime/symtab.go, cmd/link/internal/ld/pcln.go. All addresses are link-time addresses of the ELF file.
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
#include "core/elf/elf_file.h"
#include "core/pclntab/layout.h"

namespace lldbgo {

struct FuncFlags {
  bool top_frame = false;  ///< 1.17+
  bool sp_write = false;   ///< 1.17+
  bool assembly = false;   ///< 1.18+
};

/// One function's fixed record. Names and tables stay in the file until asked for.
struct Func {
  std::size_t index = 0;
  FileAddr entry, end;    ///< end: the next function's entry (padding included)
  std::string_view name;  ///< linker name, unescaped bytes of the file
  FuncId id = FuncId::normal;
  FuncFlags flags;
  std::optional<std::int32_t>
      args;                  ///< bytes of arguments + results (+ spill area) in the caller's frame; absent: unknown
  int start_line = 0;        ///< 1.20+, else 0
  /// Offset from entry of a call of runtime.deferreturn, where the runtime returns to once the function has recovered;
  /// 0: it defers nothing (runtime/runtime2.go _func, cmd/link/internal/ld/pcln.go).
  std::uint32_t deferreturn = 0;
  std::uint64_t record = 0;  ///< offset of the _func record, for the table readers
  std::uint32_t pcsp = 0, pcfile = 0, pcln = 0, npcdata = 0, cu_offset = 0;
  std::uint8_t nfuncdata = 0;
};

struct SourceLine {
  std::string_view file;  ///< "" unknown
  int line = 0;
};

/// What the line table says of a stretch of code.
struct LineRange {
  Range<FileAddr> pcs;
  SourceLine where;
};

/// A stretch of code with one value of a PCDATA table.
struct PcdataRange {
  Range<FileAddr> pcs;
  std::int32_t value = -1;
};

/// A logical frame at a pc: innermost inlined call first, the physical function last.
struct LogicalFrame {
  std::string_view function;
  SourceLine where;
  FuncId id = FuncId::normal;
  bool inlined = false;
  int start_line = 0;
  FileAddr pc;  ///< where file and line were looked up: the asked pc for the innermost, the call's mark for the others
};

/// Pointer bitmap: bit i tells whether word i holds a pointer.
struct PointerMap {
  std::int32_t words = 0;
  Bytes bits;
  bool pointer(std::int32_t word) const;
};

struct StackObject {
  std::int64_t offset = 0;  ///< < 0: from varp, >= 0: from argp
  std::int64_t size = 0;    ///< 0 where the version does not record it (1.15, 1.16)
};

/// One component of FUNCDATA ArgInfo (1.17+), flattened with its nesting.
struct ArgComponent {
  enum class Kind { value, open, close, dots, offset_too_large } kind = Kind::value;
  std::uint8_t offset = 0, size = 0;  ///< value: bytes at argp + offset
};

/// Text layout that pclntab needs from elsewhere (moduledata or symbols), because headers do not always have it.
struct PclntabBases {
  FileAddr text;                   ///< runtime.text
  std::optional<FileAddr> gofunc;  ///< base of funcdata offsets (1.18+): moduledata.gofunc or symbol go:func.*
};

/// Generic code gets a dictionary as its first argument. It has a bit in the liveness table (cmd/compile/internal/
/// liveness/arg.go) but is not in the argument info (ssagen/ssa.go emitArgInfo, 1.18 - 1.27): the runtime's traceback
/// takes each argument's bit from the one before it.
enum class DictionaryBit { as_the_runtime, skipped };

class Pclntab {
 public:
  /// Checks the header, the sub-table order and samples of functab. The ElfFile is kept alive.
  /// Errors: malformed, truncated, unsupported (magic).
  static Result<std::shared_ptr<const Pclntab>> open(std::shared_ptr<const ElfFile> elf, FileAddr header,
                                                     const PclntabLayout& layout, const PclntabBases& bases);

  std::size_t function_count() const;
  Range<FileAddr> text() const;
  const PclntabLayout& layout() const;
  FileAddr header() const;
  std::uint32_t magic() const;

  /// The function that contains pc (padding belongs to the function before it). Errors: not_found, malformed.
  Result<Func> find(FileAddr pc) const;
  Result<Func> at(std::size_t index) const;
  /// All functions of that exact name (at most 4096): ABI0 body and wrapper share one, so do closures from Go 1.27 on.
  /// Scans once, then hashed.
  std::vector<Func> named(std::string_view name) const;

  /// The raw pc-value of table `table` (offset in pctab) at pc; -1 where there is no table or no value.
  Result<std::int32_t> pc_value(const Func& f, std::uint32_t table, FileAddr pc) const;
  /// Bytes pushed since entry, return address not counted. `pc` is the frame's pc itself, also for a return address.
  /// Errors: not_found (the function has no pcsp table: runtime stops unwinding there), malformed.
  Result<std::uint32_t> sp_delta(const Func& f, FileAddr pc) const;
  /// Largest sp_delta of the function.
  Result<std::uint32_t> max_sp_delta(const Func& f) const;
  /// PCDATA value; -1 where absent.
  Result<std::int32_t> pcdata(const Func& f, int index, FileAddr pc) const;
  /// All its values, ascending; empty where absent.
  Result<std::vector<PcdataRange>> pcdata_ranges(const Func& f, int index) const;
  /// The same of the frame size: sp_delta at every pc.
  Result<std::vector<PcdataRange>> sp_delta_ranges(const Func& f) const;
  /// Address of a FUNCDATA table; empty where absent.
  std::optional<FileAddr> funcdata(const Func& f, int index) const;

  Result<SourceLine> line(const Func& f, FileAddr lookup_pc) const;
  /// The same for all of the function, in ascending order: stretches that the table covers, neighbours differ.
  Result<std::vector<LineRange>> lines(const Func& f) const;
  /// `lookup_pc` is pc-1 for a return address. Never empty: the physical function is last. Errors: malformed.
  Result<std::vector<LogicalFrame>> logical_frames(const Func& f, FileAddr lookup_pc) const;

  /// Maps at a stack-map index (PCDATA stack_map; -1 counts as 0). Empty optional: no such table.
  Result<std::optional<PointerMap>> args_map(const Func& f, std::int32_t index) const;
  Result<std::optional<PointerMap>> locals_map(const Func& f, std::int32_t index) const;
  /// Where a locals map ends, from fp: below the saved BP of a function that has a frame (varp of runtime/stkframe.go).
  std::int64_t varp(const Func& f) const;
  Result<std::vector<StackObject>> stack_objects(const Func& f) const;
  /// Empty where the version or function has none.
  Result<std::vector<ArgComponent>> arg_info(const Func& f) const;
  /// For each `value` component of arg_info, whether its slot holds a current value at pc: true live, false maybe
  /// stale; the empty vector: no liveness table (all live).
  Result<std::vector<bool>> arg_live(const Func& f, FileAddr lookup_pc,
                                     DictionaryBit dictionary = DictionaryBit::as_the_runtime) const;

 private:
  struct Impl;
  Result<std::uint32_t> pcdata_table(const Func& f, int index) const;
  Result<std::vector<PcdataRange>> ranges(const Func& f, std::uint32_t table) const;
  Result<std::string_view> file_name(const Func& f, std::int32_t number) const;
  explicit Pclntab(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

/// Finds the header: `.gopclntab` / `.data.rel.ro.gopclntab`, symbol runtime.pclntab, or a scan of every readable
/// segment for the magic with validation. Errors: not_go.
Result<FileAddr> find_pclntab(const ElfFile& elf);

}  // namespace lldbgo
