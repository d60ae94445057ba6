// Go types out of type DIEs; private to core/dwarf.
#pragma once

#include <elfutils/libdw.h>

#include <optional>
#include <unordered_map>

#include "core/base/error.h"
#include "core/dwarf/type.h"

namespace lldbgo {

/// An unsigned attribute, resolved through DW_AT_abstract_origin; `fallback` where it is absent or not a number.
std::uint64_t unsigned_attribute(Dwarf_Die& die, unsigned name, std::uint64_t fallback = 0);
bool flag_attribute(Dwarf_Die& die, unsigned name);
/// reflect.Kind of a type DIE of Go; 0 where it has none.
std::uint64_t go_kind(Dwarf_Die& die);
/// Where the descriptor of a type DIE lies, counted from runtime.types; 0 where the program has none.
std::uint64_t descriptor_offset(Dwarf_Die& die);
/// Moves on to the next child of the same parent; false at the end, and where damage would lead back.
bool to_sibling(Dwarf_Die& die);
/// The DIE that `die`'s reference attribute `name` points at.
std::optional<Dwarf_Die> referenced(Dwarf_Die& die, unsigned name);

class TypeReader {
 public:
  explicit TypeReader(Dwarf* dwarf) : dwarf_(dwarf) {}

  /// The type `die` is.
  TypePtr at(Dwarf_Die die) { return with_element(read(die, 0)); }
  /// The type a variable, member or pointer DIE names with DW_AT_type; kind `unknown` where there is none.
  TypePtr of(Dwarf_Die& die);
  /// What `type` points at: a pointer's target, the element of a slice or string, the runtime's record behind a map or
  /// channel. Errors: not_found.
  Result<TypePtr> pointee(const Type& type);
  /// The key of a map; the element of a map or channel. Errors: not_found.
  Result<TypePtr> key(const Type& type);
  Result<TypePtr> element(const Type& type);
  /// `die` behind its typedefs and qualifiers.
  std::optional<Dwarf_Die> resolved(Dwarf_Die die);

 private:
  TypePtr read(Dwarf_Die die, unsigned depth);
  TypePtr read_target(Dwarf_Die& die, unsigned depth);  // read(DW_AT_type of die)
  TypePtr with_element(TypePtr type);
  std::optional<Dwarf_Die> pointer_of(const Type& type);
  Result<TypePtr> attribute_type(const Type& type, unsigned attribute);
  void read_fields(Dwarf_Die& die, Type& type, unsigned depth);
  void read_array(Dwarf_Die& die, Type& type, unsigned depth);

  Dwarf* dwarf_;
  std::unordered_map<Dwarf_Off, TypePtr> types_;
};

}  // namespace lldbgo
