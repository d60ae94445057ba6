// pcHeader: the first words of a pclntab, which name its sub-tables (runtime/symtab.go pcHeader).
#pragma once

#include <cstdint>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
#include "core/base/error.h"

namespace lldbgo {

/// Magic numbers, by the first Go release that wrote them.
inline constexpr std::uint32_t kMagicGo12 = 0xfffffffb;   ///< 1.2 - 1.15
inline constexpr std::uint32_t kMagicGo116 = 0xfffffffa;  ///< 1.16, 1.17
inline constexpr std::uint32_t kMagicGo118 = 0xfffffff0;  ///< 1.18, 1.19
inline constexpr std::uint32_t kMagicGo120 = 0xfffffff1;  ///< 1.20 and newer

/// Offsets are bytes from the start of the header, checked: ascending and inside the table.
struct PcHeader {
  std::uint32_t magic = 0;
  std::uint64_t nfunc = 0;
  FileAddr text_start;  ///< 1.18 - 1.25; 0 elsewhere
  std::uint64_t funcnametab = 0, cutab = 0, filetab = 0, pctab = 0;
  std::uint64_t functab = 0;       ///< base of _func offsets too, except before 1.16 where that base is the header
  std::uint64_t functab_size = 0;  ///< nfunc pairs and the end pc

  bool offsets32() const { return magic == kMagicGo118 || magic == kMagicGo120; }
  std::uint64_t functab_entry_size() const { return offsets32() ? 8 : 16; }
  std::uint64_t record_base() const { return magic == kMagicGo12 ? 0 : functab; }
};

/// `pclntab` starts at the header and may be longer than the table.
/// Errors: unsupported (magic, pointer size or quantum are not those of a Go amd64 table), malformed, truncated.
Result<PcHeader> parse_pc_header(Bytes pclntab);

/// True if the first functab entries ascend and name records that start with the same pc: what a scan for the magic
/// needs to tell a table from eight lucky bytes.
bool first_records_fit(Bytes pclntab, const PcHeader& header);

}  // namespace lldbgo
