#include "core/elf/symbol_index.h"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

namespace lldbgo {
namespace {

constexpr std::size_t kMaxName = 1 << 14;

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>()(name));
}

}  // namespace

std::size_t SymbolTable::count() const {
  return std::min<std::size_t>(symbols_.size() / sizeof(Elf64_Sym), std::numeric_limits<std::uint32_t>::max() - 1);
}

std::optional<SymbolTable::Entry> SymbolTable::at(std::size_t index) const {
  ByteReader r(symbols_, index * sizeof(Elf64_Sym));
  std::uint32_t name = r.u32();
  std::uint8_t type = ELF64_ST_TYPE(r.u8());
  r.u8();  // st_other
  std::uint16_t section = r.u16();
  std::uint64_t value = r.u64();
  std::uint64_t size = r.u64();
  if (!r.ok() || section == SHN_UNDEF || type == STT_SECTION || type == STT_FILE || name >= strings_.size()) return {};
  ByteReader s(strings_, name);
  std::string_view text = s.c_string(kMaxName);
  if (!s.ok() || text.empty()) return {};
  return Entry{text, value, size, type};
}

NameIndex::NameIndex(const SymbolTable& table) : table_(table) {
  std::size_t count = table.count();
  slots_.resize(std::bit_ceil(2 * count + 1));
  std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < count; ++i) {
    auto entry = table.at(i);
    if (!entry) continue;
    std::uint32_t hash = hash_of(entry->name);
    std::size_t at = hash & mask;
    auto taken = [&](const Slot& s) { return s.hash == hash && table.at(s.symbol - 1)->name == entry->name; };
    while (slots_[at].symbol != 0 && !taken(slots_[at])) at = (at + 1) & mask;
    if (slots_[at].symbol == 0) slots_[at] = {hash, static_cast<std::uint32_t>(i + 1)};
  }
}

std::optional<SymbolTable::Entry> NameIndex::find(std::string_view name) const {
  std::size_t mask = slots_.size() - 1;
  std::uint32_t hash = hash_of(name);
  for (std::size_t at = hash & mask; slots_[at].symbol != 0; at = (at + 1) & mask) {
    if (slots_[at].hash != hash) continue;
    auto entry = table_.at(slots_[at].symbol - 1);
    if (entry && entry->name == name) return entry;
  }
  return {};
}

AddressIndex::AddressIndex(const SymbolTable& table) : table_(table) {
  for (std::size_t i = 0; i < table.count(); ++i) {
    auto entry = table.at(i);
    if (!entry || entry->size == 0 || entry->type == STT_TLS) continue;
    std::uint64_t hi = entry->value + entry->size;
    if (hi < entry->value) continue;  // wraps around the address space
    rows_.push_back({entry->value, hi, 0, static_cast<std::uint32_t>(i)});
  }
  // The innermost of several symbols comes last: later start, then smaller size, then earlier in the table.
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    if (a.lo != b.lo) return a.lo < b.lo;
    if (a.hi != b.hi) return a.hi > b.hi;
    return a.symbol > b.symbol;
  });
  std::uint64_t highest = 0;
  for (Row& row : rows_) row.highest = highest = std::max(highest, row.hi);
}

std::optional<SymbolTable::Entry> AddressIndex::find(FileAddr at) const {
  auto it = std::upper_bound(rows_.begin(), rows_.end(), at.value,
                             [](std::uint64_t value, const Row& row) { return value < row.lo; });
  while (it != rows_.begin()) {
    --it;
    if (at.value < it->hi) return table_.at(it->symbol);
    if (at.value >= it->highest) break;
  }
  return {};
}

}  // namespace lldbgo
