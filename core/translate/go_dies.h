// What the translation must know of a program's Go DIEs before it rewrites the first one.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/base/error.h"
#include "core/translate/units.h"

namespace lldbgo {

/// A type DIE of a Go unit. References are offsets in .debug_info, 0 for none.
struct GoTypeDie {
  std::uint64_t offset = 0;
  std::uint16_t tag = 0;
  std::string_view name;
  std::uint64_t size = 0;                     ///< DW_AT_byte_size
  std::uint64_t target = 0;                   ///< DW_AT_type
  std::uint64_t count = 0;                    ///< array: number of elements
  std::uint64_t key = 0, element = 0;         ///< map: DW_AT_go_key, DW_AT_go_elem
  std::uint32_t first_field = 0, fields = 0;  ///< structure: the types of its members, in GoDies::field_types
};

/// A variable or parameter that has a type of its own; instances of inlined functions refer to it.
struct GoVariableDie {
  std::uint64_t type = 0;
  bool moved_to_heap = false;  ///< named "&x": the place holds a pointer to x
};

/// A parameter that was moved to the heap has two DIEs up to Go 1.16: "x", where it was passed, and "&x". The first
/// takes the place of the second, or has none where its DIE has no form for that.
struct MovedParameter {
  std::uint16_t form = 0;  ///< of the DW_AT_location of "&x"; 0: "x" has no place
  std::uint64_t location_at = 0, location_end = 0;
};

class GoDies {
 public:
  /// `go_units`: which of `units` are Go's. The bytes must outlive the object. Errors: malformed, limit.
  static Result<GoDies> read(Bytes debug_info, const std::vector<InfoUnit>& units);

  bool is_go(std::size_t unit) const { return go_[unit]; }
  bool any_go() const;
  const std::vector<GoTypeDie>& types() const { return types_; }
  /// Index in types(); absent: no type DIE of Go is there.
  std::optional<std::size_t> type_index(std::uint64_t offset) const;
  const GoTypeDie* type(std::uint64_t offset) const;
  /// The type leads through pointers, arrays and typedefs to nothing else, as `type P *P` does.
  bool is_endless(std::uint64_t offset) const;
  /// nullptr: the program has no type of that name that is a number.
  const GoTypeDie* number_type(std::string_view name) const;
  /// nullptr: no variable DIE with a type is there.
  const GoVariableDie* inlined_variable(std::uint64_t offset) const;

  /// Of the parameter whose DIE is at `offset`; nullptr where it has no second one.
  const MovedParameter* moved(std::uint64_t offset) const {
    auto found = moved_parameters_.find(offset);
    return found == moved_parameters_.end() ? nullptr : &found->second;
  }
  /// The DIE is the second one of a parameter that took its place.
  bool is_second(std::uint64_t offset) const { return seconds_.count(offset) != 0; }

  /// Bytes of a value of the type at `offset`; absent where that cannot be told.
  std::optional<std::uint64_t> size_of(std::uint64_t type) const { return size_of(type, 0); }
  /// How many values the compiler's SSA form makes of the type, at most 2: 1 where it keeps it in one piece
  /// (cmd/compile/internal/ssa/decompose.go).
  unsigned components(std::uint64_t type) const {
    unsigned budget = 256;
    return components(type, budget);
  }

 private:
  std::optional<std::uint64_t> size_of(std::uint64_t type, unsigned depth) const;
  unsigned components(std::uint64_t type, unsigned& budget) const;
  Result<> read_unit(Bytes debug_info, const InfoUnit& unit);

  std::vector<bool> go_;
  std::vector<GoTypeDie> types_;  // by offset
  std::vector<std::uint64_t> field_types_;
  std::unordered_map<std::uint64_t, GoVariableDie> inlined_variables_;
  std::unordered_map<std::uint64_t, MovedParameter> moved_parameters_;
  std::unordered_set<std::uint64_t> seconds_;
};

}  // namespace lldbgo
