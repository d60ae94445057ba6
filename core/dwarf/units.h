// The compile units of one file and what their top level declares; private to core/dwarf.
#pragma once

#include <elfutils/libdw.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/address.h"

namespace lldbgo {

/// Go's compiler makes one unit per package, named by its import path (and one more for the package's assembly). The
/// linker adds what it makes itself: every type of the program goes to the unit of package runtime, behind its
/// functions (cmd/link/internal/ld/dwarf.go), the runtime's own first. A unit's top level is read from its start and
/// only as far as a question needs: most questions about the runtime's types end early.
class Unit {
 public:
  struct Function {
    Range<FileAddr> range;
    Dwarf_Off die = 0;
  };

  explicit Unit(Dwarf_Die die);

  const std::string& name() const { return name_; }
  bool go() const { return go_; }
  int version() const { return version_; }
  Dwarf_Die die() const { return die_; }

  /// Offset of the DIE of that exact name; a type itself goes before a typedef that only names it.
  std::optional<Dwarf_Off> type(std::string_view name);
  /// Offset of the DIE of the type whose descriptor lies at that distance from runtime.types.
  std::optional<Dwarf_Off> type_of_descriptor(std::uint64_t offset);
  std::optional<Dwarf_Off> variable(std::string_view name);
  std::optional<Function> function(FileAddr pc);
  /// Every function, in the order of the unit.
  const std::vector<Function>& functions();

 private:
  bool advance();  // reads one more DIE of the top level; false at the end
  void add(Dwarf_Die& die);
  template <class Lookup>
  auto search(Lookup lookup);

  Dwarf_Die die_;
  std::string name_;
  bool go_ = false;
  int version_ = 0;

  std::optional<Dwarf_Die> next_;
  std::unordered_map<std::string_view, Dwarf_Off> types_, typedefs_, variables_;
  std::unordered_map<std::uint64_t, Dwarf_Off> descriptors_;
  std::vector<Function> functions_;
  std::map<std::uint64_t, std::size_t> by_address_;  // start -> index in functions_
};

class Units {
 public:
  explicit Units(Dwarf* dwarf);

  std::vector<Unit>& all() { return units_; }
  /// The unit whose ranges contain `pc`; nullptr where none does.
  Unit* covering(FileAddr pc);

 private:
  struct Row {
    Range<FileAddr> range;
    std::size_t unit = 0;
  };
  std::vector<Unit> units_;
  std::vector<Row> rows_;  // sorted by range
};

/// The import path in front of a qualified Go name: "a/b" of "a/b.(*T).M", "main" of "main.f[go.shape.int]".
std::string_view package_of(std::string_view name);

}  // namespace lldbgo
