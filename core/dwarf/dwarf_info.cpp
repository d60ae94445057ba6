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

Result<TypePtr> DwarfInfo::Impl::named_type(std::string_view name) {
  // The linker puts all types into a unit of package runtime; a C type is in its own unit, which we do not search.
  for (Unit& unit : units().all()) {
    if (unit.name() != "runtime") continue;
    auto offset = unit.type(name);
    auto found = offset ? die(*offset) : std::nullopt;
    if (found) return types.at(*found);
  }
  return fail(Errc::not_found, fmt::format("type {}: not in the debug information", name));
}

Result<TypePtr> DwarfInfo::type(std::string_view name) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->named_type(name);
}

Result<std::uint64_t> DwarfInfo::field_offset(std::string_view struct_name, std::string_view field) const {
  auto found = type(struct_name);
  if (!found) return pass(found);
  TypePtr at = *found;
  std::uint64_t offset = 0;
  for (std::string_view rest = field;;) {
    std::string_view name = rest.substr(0, rest.find('.'));
    auto it = std::find_if(at->fields.begin(), at->fields.end(), [&](const Field& f) { return f.name == name; });
    if (it == at->fields.end())
      return fail(Errc::not_found, fmt::format("{}: {} has no field {}", struct_name, at->name, name));
    offset += it->offset;
    if (name.size() == rest.size()) return offset;
    at = it->type;
    rest.remove_prefix(name.size() + 1);
  }
}

Result<std::uint64_t> DwarfInfo::struct_size(std::string_view struct_name) const {
  auto found = type(struct_name);
  if (!found) return pass(found);
  return (*found)->size;
}

Result<FileAddr> DwarfInfo::global(std::string_view name) const {
  std::lock_guard lock(impl_->mutex);
  std::string_view package = package_of(name);
  for (Unit& unit : impl_->units().all()) {
    if (unit.name() != package) continue;
    auto offset = unit.variable(name);
    auto die = offset ? impl_->die(*offset) : std::nullopt;
    auto location = die ? location_of(*die) : std::nullopt;
    if (!location) continue;
    auto pieces = places_of(*location, Type{}, FileAddr()).pieces;
    if (pieces.size() == 1 && pieces[0].where == Piece::Where::address) return pieces[0].address;
  }
  return fail(Errc::not_found, fmt::format("variable {}: not in the debug information", name));
}

Result<TypePtr> DwarfInfo::pointee(const Type& type) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->types.pointee(type);
}

}  // namespace lldbgo
