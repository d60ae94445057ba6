// Functions and their variables. The compiler writes a subprogram per function body with its parameters and results
// (results have DW_AT_variable_parameter) in declaration order, lexical blocks for inner scopes, and an
// inlined_subroutine per inlined call; names and types of what was inlined are behind DW_AT_abstract_origin, possibly
// in the unit of another package (cmd/internal/dwarf/dwarf.go PutConcreteFunc, PutInlinedFunc).
#include <dwarf.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/dwarf/dwarf_impl.h"
#include "core/dwarf/location.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMaxVariables = 1 << 14;
constexpr unsigned kMaxDepth = 128;

std::string name_of(Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  const char* name = dwarf_formstring(dwarf_attr_integrate(&die, DW_AT_name, &attribute));
  return name != nullptr ? name : "";
}

bool flag(Dwarf_Die& die, unsigned name) {
  Dwarf_Attribute attribute;
  bool value = false;
  return dwarf_attr_integrate(&die, name, &attribute) != nullptr && dwarf_formflag(&attribute, &value) == 0 && value;
}

class VariableWalk {
 public:
  VariableWalk(TypeReader& types, std::optional<FileAddr> pc, FunctionInfo& into) : types_(types), pc_(pc), into_(into) {}

  struct Scope {
    std::uint64_t inline_depth = 0;
    std::string owner;
  };

  void scope(Dwarf_Die& die, const Scope& where, unsigned depth) {
    Dwarf_Die child;
    if (depth > kMaxDepth || dwarf_child(&die, &child) != 0) return;
    std::vector<Dwarf_Die> inner;  // after this scope's own variables
    do {
      switch (dwarf_tag(&child)) {
        case DW_TAG_formal_parameter:
        case DW_TAG_variable: add(child, where); break;
        case DW_TAG_lexical_block:
        case DW_TAG_inlined_subroutine: inner.push_back(child); break;
        default: break;
      }
    } while (count() < kMaxVariables && dwarf_siblingof(&child, &child) == 0);
    for (Dwarf_Die& block : inner) {
      if (!pc_ || dwarf_haspc(&block, pc_->value) != 1) continue;
      if (dwarf_tag(&block) == DW_TAG_lexical_block) scope(block, where, depth + 1);
      else scope(block, {where.inline_depth + 1, name_of(block)}, depth + 1);
    }
  }

 private:
  std::size_t count() const { return into_.parameters.size() + into_.locals.size(); }

  void add(Dwarf_Die& die, const Scope& where) {
    Variable v;
    v.name = name_of(die);
    v.type = types_.of(die);
    v.parameter = dwarf_tag(&die) == DW_TAG_formal_parameter;
    v.result = v.parameter && flag(die, DW_AT_variable_parameter);
    v.escaped = v.name.starts_with('&');
    v.decl_line = static_cast<int>(unsigned_attribute(die, DW_AT_decl_line));
    v.inline_depth = where.inline_depth;
    v.owner = where.owner;
    if (auto location = location_of(die)) {
      unsigned form = dwarf_whatform(&*location);
      v.has_location_list = form == DW_FORM_sec_offset || form == DW_FORM_loclistx;
      if (pc_) v.pieces = pieces_at(*location, *pc_, v.type->size);
      v.frame_homes = frame_homes(*location);
    }
    bool own_parameter = v.parameter && where.inline_depth == 0;
    (own_parameter ? into_.parameters : into_.locals).push_back(std::move(v));
  }

  TypeReader& types_;
  std::optional<FileAddr> pc_;
  FunctionInfo& into_;
};

}  // namespace

Result<FunctionInfo> DwarfInfo::Impl::describe(const Unit& unit, const Unit::Function& function,
                                               std::optional<FileAddr> pc) {
  auto found = die(function.die);
  if (!found) return fail(Errc::malformed, fmt::format("function at {:#x}: its debug entry is damaged", function.range.lo.value));
  FunctionInfo info;
  info.name = name_of(*found);
  info.range = function.range;
  info.go = unit.go();
  if (!info.go) return info;
  info.trampoline = dwarf_hasattr_integrate(&*found, DW_AT_trampoline) != 0;
  VariableWalk(types, pc, info).scope(*found, {}, 0);
  std::stable_partition(info.parameters.begin(), info.parameters.end(), [](const Variable& v) { return !v.result; });
  return info;
}

Result<FunctionInfo> DwarfInfo::function(FileAddr pc) const {
  std::lock_guard lock(impl_->mutex);
  Unit* unit = impl_->units().covering(pc);
  auto found = unit != nullptr ? unit->function(pc) : std::nullopt;
  if (!found) return fail(Errc::not_found, fmt::format("{:#x}: in no function of the debug information", pc.value));
  return impl_->describe(*unit, *found, pc);
}

Result<FunctionInfo> DwarfInfo::function_named(std::string_view name, bool trampoline) const {
  std::lock_guard lock(impl_->mutex);
  std::string_view package = package_of(name);
  for (Unit& unit : impl_->units().all()) {
    if (!unit.go() || unit.name() != package) continue;
    for (const Unit::Function& function : unit.functions()) {
      auto die = impl_->die(function.die);
      if (!die || name_of(*die) != name) continue;
      if ((dwarf_hasattr_integrate(&*die, DW_AT_trampoline) != 0) != trampoline) continue;
      return impl_->describe(unit, function, {});
    }
  }
  return fail(Errc::not_found, fmt::format("function {}: not in the debug information", name));
}

}  // namespace lldbgo
