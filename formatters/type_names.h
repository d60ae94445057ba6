// Which type names a debugger's formatters are for: Go's, and nothing C has.
#pragma once

#include <string_view>
#include <vector>

namespace lldbgo {

/// Types that share a pattern of names.
struct TypeFamily {
  std::string_view pattern;      ///< extended regular expression, over the whole name
  bool replaces_value = true;    ///< the debugger's own rendering of the value is left out
  bool hides_children = false;   ///< the text says all there is
  bool has_go_children = false;  ///< children are core/values'; else the debugger's own
};

/// In the order in which they are tried. What a family finds not to be Go's after all is left to the debugger.
const std::vector<TypeFamily>& type_families();

/// Integers the debugger takes for characters.
struct DecimalType {
  std::string_view name;
  bool is_signed = true;
};
const std::vector<DecimalType>& decimal_types();

}  // namespace lldbgo
