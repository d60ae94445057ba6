// Types of the standard library that have a text of their own: time, sync, sync/atomic, runtime.g.
#pragma once

#include <optional>
#include <string>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

/// A time.Time as RFC 3339 says it, a time.Duration, "locked, 2 waiting" of a mutex, "goroutine 7 [chan receive]" of a
/// runtime.g; absent for other types and where a layout is not the expected one. Errors: unreadable, not_found,
/// malformed.
Result<std::optional<std::string>> known_text(const ValueContext& context, const GoValue& value);

/// The value inside a type of sync/atomic, with the type a program gives it (bool, *T): what is shown in its place.
/// Any other value is returned as it is.
GoValue unwrapped(const ValueContext& context, const GoValue& value);

}  // namespace lldbgo
