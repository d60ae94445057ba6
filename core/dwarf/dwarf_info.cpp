#include "core/dwarf/dwarf_info.h"

#include <dwarf.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/dwarf/dwarf_impl.h"
#include "core/dwarf/location.h"

namespace lldbgo {

Result<std::shared_ptr<const DwarfInfo>> DwarfInfo::open(std::shared_ptr<const ElfFile> elf) {
  auto sections = DebugSections::open(
      *elf, {"info", "abbrev", "str", "line_str", "str_offsets", "addr", "loc", "loclists", "ranges", "rnglists"});
  if (!sections) return pass(sections);
  return std::shared_ptr<const DwarfInfo>(new DwarfInfo(std::make_unique<Impl>(std::move(*sections))));
}

DwarfInfo::DwarfInfo(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DwarfInfo::~DwarfInfo() = default;

int DwarfInfo::version() const {
  std::lock_guard lock(impl_->mutex);
  const auto& units = impl_->units().all();
  auto it = std::find_if(units.begin(), units.end(), [](const Unit& u) { return u.go(); });
  return it == units.end() ? 0 : it->version();
}

Result<TypePtr> DwarfInfo::type(std::string_view name) const {
  std::lock_guard lock(impl_->mutex);
  auto found = impl_->find_type([&](Unit& unit) { return unit.type(name); });
  if (!found) return fail(Errc::not_found, fmt::format("type {}: not in the debug information", name));
  return *found;
}

Result<TypePtr> DwarfInfo::type_of_descriptor(std::uint64_t offset) const {
  std::lock_guard lock(impl_->mutex);
  auto found = impl_->find_type([&](Unit& unit) { return unit.type_of_descriptor(offset); });
  if (!found) return fail(Errc::not_found, fmt::format("type descriptor +{:#x}: not in the debug information", offset));
  return *found;
}

Result<std::uint64_t> DwarfInfo::field_offset(std::string_view struct_name, std::string_view field) const {
  auto found = type(struct_name);
  if (!found) return pass(found);
  if (auto it = find_field(**found, field)) return it->offset;
  return fail(Errc::not_found, fmt::format("{}: has no field {}", struct_name, field));
}

Result<std::uint64_t> DwarfInfo::struct_size(std::string_view struct_name) const {
  auto found = type(struct_name);
  if (!found) return pass(found);
  return (*found)->size;
}

Result<Global> DwarfInfo::global(std::string_view name) const {
  std::lock_guard lock(impl_->mutex);
  std::string_view package = package_of(name);
  for (Unit& unit : impl_->units().all()) {
    if (unit.name() != package) continue;
    auto offset = unit.variable(name);
    auto die = offset ? impl_->die(*offset) : std::nullopt;
    auto location = die ? location_of(*die) : std::nullopt;
    if (!location) continue;
    auto pieces = places_of(*location, Type{}, FileAddr()).pieces;
    if (pieces.size() == 1 && pieces[0].where == Piece::Where::address)
      return Global{pieces[0].address, impl_->types.of(*die)};
  }
  return fail(Errc::not_found, fmt::format("variable {}: not in the debug information", name));
}

Result<TypePtr> DwarfInfo::pointee(const Type& type) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->types.pointee(type);
}

Result<TypePtr> DwarfInfo::key(const Type& type) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->types.key(type);
}

Result<TypePtr> DwarfInfo::element(const Type& type) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->types.element(type);
}

}  // namespace lldbgo
