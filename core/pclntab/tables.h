// The opened table, shared by the files that implement class Pclntab.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/pclntab/header.h"
#include "core/pclntab/pclntab.h"

namespace lldbgo {

/// The bytes from `at` to the end of the section or segment that holds it.
Bytes pclntab_bytes(const ElfFile& elf, FileAddr at);

struct Pclntab::Impl {
  std::shared_ptr<const ElfFile> elf;
  FileAddr address;
  PcHeader header;
  PclntabLayout layout;
  PclntabBases bases;
  Bytes all, functab, records, names, cutab, files, pctab;
  Range<FileAddr> text;

  struct NameHash {
    std::uint32_t hash, index;
  };
  mutable std::once_flag names_once;
  mutable std::vector<NameHash> by_name;  // sorted by hash

  /// pc of functab entry `index`, which may be nfunc (the end).
  FileAddr functab_pc(std::size_t index) const;
  std::uint64_t functab_record(std::size_t index) const;
  /// Fixed part of _func.
  std::uint64_t record_size() const;
  Result<std::string_view> name(std::int32_t offset) const;
  void index_names() const;

  struct InlinedCall {
    FuncId id = FuncId::normal;
    std::string_view name;
    std::int32_t parent_pc = 0;
    int start_line = 0;
  };
  Result<InlinedCall> inlined_call(FileAddr tree, std::int32_t index) const;
  Result<std::optional<PointerMap>> pointer_map(std::optional<FileAddr> table, std::int32_t index) const;
  FuncId func_id(std::uint8_t raw) const {
    return raw < layout.func_ids.size() ? layout.func_ids[raw] : FuncId::unknown;
  }
};

}  // namespace lldbgo
