// time.Location: which offset from UTC holds at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

/// Seconds east of Greenwich in the zone that a *time.Location leads to; absent where only the rules for the far future
/// say it, and where nothing can be read.
std::optional<std::int32_t> zone_offset(const ValueContext& context, const GoValue& location,
                                        std::int64_t unix_seconds);

}  // namespace lldbgo
