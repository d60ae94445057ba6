// Parameters that Go's debug information leaves out up to 1.26 because their names begin with a dot: `.this`, the receiver
// of a generated method wrapper, and `.dict`, the dictionary that generic code gets as its first argument, a method's
// after the receiver (cmd/compile/internal/noder/reader.go, shapeSig).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/dwarf/type.h"

namespace lldbgo {

struct HiddenParameter {
  std::string name;  ///< ".this", ".dict"
  TypePtr type;
  std::size_t at = 0;  ///< its place among the parameters
};

/// What the function of that linker name may have: guesses in the order of their likelihood, to be checked against the
/// size of its arguments and its registers.
std::vector<HiddenParameter> hidden_parameters(std::string_view function);

}  // namespace lldbgo
