// Func values: a pointer to a closure object, whose first word is the code's address and whose rest are the captured
// variables.
#pragma once

#include <string>
#include <vector>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

struct Capture {
  std::string name;
  GoValue value;  ///< of a variable captured by reference: the variable itself
};

/// The Go function's name, its address in hex where no Go function is there; "" of nil. Errors: unreadable, not_found.
Result<std::string> func_name(const ValueContext& context, const GoValue& value);
/// What a closure has captured: known since Go 1.23 (DW_AT_go_closure_offset); empty before, and of nil.
std::vector<Capture> captures_of(const ValueContext& context, const GoValue& value);

}  // namespace lldbgo
