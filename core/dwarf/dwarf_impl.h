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
  Result<TypePtr> named_type(std::string_view name);
  Result<FunctionInfo> describe(const Unit& unit, const Unit::Function& function, std::optional<FileAddr> pc);

 private:
  std::optional<Units> units_;
};

}  // namespace lldbgo
