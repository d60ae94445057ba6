// What a DwarfInfo holds; private to core/dwarf. Everything in here is used under `mutex`: libdw is not thread-safe.
#pragma once

#include <mutex>
#include <optional>

#include "core/dwarf/debug_sections.h"
#include "core/dwarf/dwarf_info.h"
#include "core/dwarf/types.h"
#include "core/dwarf/units.h"

namespace lldbgo {

struct DwarfInfo::Impl {
  explicit Impl(DebugSections opened) : sections(std::move(opened)), types(sections.dwarf()) {}

  std::mutex mutex;
  DebugSections sections;
  TypeReader types;

  Units& units() {
    if (!units_) units_.emplace(sections.dwarf());
    return *units_;
  }
  std::optional<Dwarf_Die> die(Dwarf_Off offset) {
    Dwarf_Die out;
    return dwarf_offdie(sections.dwarf(), offset, &out) != nullptr ? std::optional(out) : std::nullopt;
  }
  /// The first answer of `find(unit)`, the offset of a type's DIE, among the units of package runtime.
  template <class Find>
  std::optional<TypePtr> find_type(Find find) {
    // The linker puts all types into a unit of package runtime; a C type is in its own unit, which we do not search.
    for (Unit& unit : units().all()) {
      if (unit.name() != "runtime") continue;
      auto offset = find(unit);
      auto found = offset ? die(*offset) : std::nullopt;
      if (found) return types.at(*found);
    }
    return {};
  }
  Result<FunctionInfo> describe(const Unit& unit, const Unit::Function& function, std::optional<FileAddr> pc);

 private:
  std::optional<Units> units_;
};

}  // namespace lldbgo
