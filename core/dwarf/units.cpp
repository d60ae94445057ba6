#include "core/dwarf/units.h"

#include <dwarf.h>

#include <algorithm>

#include "core/dwarf/types.h"

namespace lldbgo {
namespace {

constexpr int kMaxRanges = 1 << 16;

std::vector<Range<FileAddr>> ranges_of(Dwarf_Die& die) {
  std::vector<Range<FileAddr>> out;
  Dwarf_Addr base = 0, lo = 0, hi = 0;
  std::ptrdiff_t at = 0;
  while (out.size() < kMaxRanges && (at = dwarf_ranges(&die, at, &base, &lo, &hi)) > 0)
    if (lo < hi) out.push_back({FileAddr(lo), FileAddr(hi)});
  return out;
}

}  // namespace

Unit::Unit(Dwarf_Die die) : die_(die) {
  if (const char* name = dwarf_diename(&die_); name != nullptr) name_ = name;
  go_ = dwarf_srclang(&die_) == DW_LANG_Go;
  Dwarf_Half version = 0;
  if (dwarf_cu_info(die_.cu, &version, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) == 0) version_ = version;
  Dwarf_Die child;
  if (dwarf_child(&die_, &child) == 0) next_ = child;
}

bool Unit::advance() {
  if (!next_) return false;
  add(*next_);
  if (!to_sibling(*next_)) next_.reset();
  return true;
}

void Unit::add(Dwarf_Die& die) {
  int tag = dwarf_tag(&die);
  Dwarf_Off offset = dwarf_dieoffset(&die);
  if (tag == DW_TAG_subprogram) {
    if (!dwarf_hasattr(&die, DW_AT_low_pc) && !dwarf_hasattr(&die, DW_AT_ranges)) return;
    for (Range<FileAddr> range : ranges_of(die)) {
      by_address_.emplace(range.lo.value, functions_.size());
      functions_.push_back({range, offset});
    }
    return;
  }
  const char* name = dwarf_diename(&die);
  if (name == nullptr) return;
  switch (tag) {
    case DW_TAG_variable:
      variables_.emplace(name, offset);
      break;
    case DW_TAG_base_type:
    case DW_TAG_structure_type:
    case DW_TAG_array_type:
    case DW_TAG_pointer_type:
    case DW_TAG_subroutine_type:
    case DW_TAG_typedef:
      (tag == DW_TAG_typedef && go_kind(die) == 0 ? typedefs_ : types_).emplace(name, offset);
      if (std::uint64_t descriptor = descriptor_offset(die); descriptor != 0) descriptors_.emplace(descriptor, offset);
      break;
    default:
      break;
  }
}

/// Asks `lookup` again after every DIE read, until it answers.
template <class Lookup>
auto Unit::search(Lookup lookup) {
  auto found = lookup();
  while (!found && advance()) found = lookup();
  return found;
}

namespace {

template <class Key>
std::optional<Dwarf_Off> find_in(const std::unordered_map<Key, Dwarf_Off>& index, Key key) {
  auto it = index.find(key);
  return it == index.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace

std::optional<Dwarf_Off> Unit::type(std::string_view name) {
  auto found = search([&] { return find_in(types_, name); });
  return found ? found : find_in(typedefs_, name);
}

std::optional<Dwarf_Off> Unit::type_of_descriptor(std::uint64_t offset) {
  return search([&] { return find_in(descriptors_, offset); });
}

std::optional<Dwarf_Off> Unit::variable(std::string_view name) {
  return search([&] { return find_in(variables_, name); });
}

std::optional<Unit::Function> Unit::function(FileAddr pc) {
  return search([&]() -> std::optional<Function> {
    auto it = by_address_.upper_bound(pc.value);
    if (it == by_address_.begin()) return {};
    const Function& f = functions_[std::prev(it)->second];
    return f.range.contains(pc) ? std::optional(f) : std::nullopt;
  });
}

const std::vector<Unit::Function>& Unit::functions() {
  while (advance()) {
  }
  return functions_;
}

Units::Units(Dwarf* dwarf) {
  Dwarf_CU* cu = nullptr;
  Dwarf_Die die;
  while (dwarf_get_units(dwarf, cu, &cu, nullptr, nullptr, &die, nullptr) == 0) {
    if (dwarf_tag(&die) != DW_TAG_compile_unit) continue;
    for (Range<FileAddr> range : ranges_of(die)) rows_.push_back({range, units_.size()});
    units_.emplace_back(die);
  }
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.range.lo < b.range.lo; });
}

Unit* Units::covering(FileAddr pc) {
  auto it = std::upper_bound(rows_.begin(), rows_.end(), pc, [](FileAddr a, const Row& r) { return a < r.range.lo; });
  if (it == rows_.begin() || !std::prev(it)->range.contains(pc)) return nullptr;
  return &units_[std::prev(it)->unit];
}

std::string_view package_of(std::string_view name) {
  std::string_view path = name.substr(0, name.find_first_of("(["));
  std::size_t slash = path.rfind('/');
  std::size_t dot = path.find('.', slash == path.npos ? 0 : slash);
  return dot == path.npos ? std::string_view() : path.substr(0, dot);
}

}  // namespace lldbgo
