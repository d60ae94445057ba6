// The arguments and results of a function and where its calling convention puts them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/frame/abi_assign.h"
#include "core/frame/frame_context.h"

namespace lldbgo {

struct Parameter {
  std::string name;         ///< source name, "~r0", ".dict"; safe to print
  std::string source_name;  ///< the same as DWARF has it
  TypePtr type;
  bool result = false;
  AbiPlace place;
  std::vector<Piece> pieces;          ///< DWARF places at this pc; empty: none
  bool has_places = false;            ///< DWARF speaks of this body: empty pieces mean "nowhere"
  bool one_home = false;              ///< DWARF gives one place for the whole function
  std::optional<Piece> heap_pointer;  ///< it has moved to the heap: here is its address
};

struct Prototype {
  std::vector<Parameter> parameters;  ///< empty: names and types are not known
  bool exact = false;  ///< the layout adds up to _func.args and agrees with the code: what is left between is padding
  std::int64_t size = 0;  ///< bytes above fp that belong to the function
  bool size_known = false;
  std::string why;  ///< "DWARF types, ABIInternal"
};

/// Notes disagreements between its sources in `c.problems`.
Prototype prototype(FrameContext& c);

}  // namespace lldbgo
