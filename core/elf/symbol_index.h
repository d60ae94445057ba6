// Name and address indexes over one ELF symbol table. Names stay in the file's string table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/elf/elf_file.h"

namespace lldbgo {

/// The raw table: `symbols` is an array of Elf64_Sym, `strings` its string table. Undefined symbols, section and file
/// symbols are not part of it.
class SymbolTable {
 public:
  SymbolTable() = default;
  SymbolTable(Bytes symbols, Bytes strings) : symbols_(symbols), strings_(strings) {}

  std::size_t count() const;
  /// The entry at `index`; absent where it defines nothing.
  struct Entry {
    std::string_view name;
    std::uint64_t value = 0, size = 0;
    std::uint8_t type = 0;
  };
  std::optional<Entry> at(std::size_t index) const;

 private:
  Bytes symbols_, strings_;
};

/// Open-addressing hash table of symbol numbers.
class NameIndex {
 public:
  explicit NameIndex(const SymbolTable& table);
  std::optional<SymbolTable::Entry> find(std::string_view name) const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t symbol = 0;  // number + 1; 0: free
  };
  const SymbolTable& table_;
  std::vector<Slot> slots_;
};

/// Sized symbols sorted by address.
class AddressIndex {
 public:
  explicit AddressIndex(const SymbolTable& table);
  std::optional<SymbolTable::Entry> find(FileAddr at) const;

 private:
  struct Row {
    std::uint64_t lo = 0, hi = 0;
    std::uint64_t highest = 0;  // greatest hi of this row and all before it
    std::uint32_t symbol = 0;
  };
  const SymbolTable& table_;
  std::vector<Row> rows_;
};

}  // namespace lldbgo
