#include "formatters/type_names.h"

namespace lldbgo {

const std::vector<TypeFamily>& type_families() {
  static const std::vector<TypeFamily> families{
      {.pattern = "^string$", .hides_children = true},
      {.pattern = "^(float32|float64|complex64|complex128)$", .hides_children = true},
      // error and interface {} are typedefs of these two, as every other interface.
      {.pattern = "^(error|runtime\\.iface|runtime\\.eface|interface \\{.*)$", .has_go_children = true},
      {.pattern = "^(\\[.*|map\\[.*|chan .*|<-chan .*|chan<- .*|chan\\(.*|func\\(.*)$", .has_go_children = true},
      {.pattern = "^\\*.*$"},
      {.pattern = "^unsafe\\.Pointer$"},
      {.pattern = "^struct \\{.*$"},
      {.pattern = "^(time\\.Duration|time\\.Month|time\\.Weekday)$", .hides_children = true},
      // Named types: an import path and a name. C has no dot in a name.
      {.pattern = "^[^ *(\\[<]*[^ *(\\[<.]\\.[^ ]+$", .has_go_children = true},
  };
  return families;
}

const std::vector<DecimalType>& decimal_types() {
  static const std::vector<DecimalType> types{{"int8", true}, {"uint8", false}};
  return types;
}

}  // namespace lldbgo
