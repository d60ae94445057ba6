// Interfaces: what they hold.
#pragma once

#include <optional>
#include <string>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

struct DynamicValue {
  std::string type_name;  ///< as %T prints it
  GoValue value;          ///< kind unknown where nothing describes the type
};

/// Absent: the interface is nil. Errors: unreadable, not_found.
Result<std::optional<DynamicValue>> dynamic_value(const ValueContext& context, const GoValue& interface);

}  // namespace lldbgo
