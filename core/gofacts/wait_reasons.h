// Words of the scheduler: goroutine states, wait reasons.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/gofacts/go_version.h"

namespace lldbgo {

/// Bit the garbage collector sets in g.atomicstatus while it owns the stack (_Gscan).
inline constexpr std::uint32_t kGscan = 0x1000;

/// The runtime's word for g.atomicstatus, the scan bit ignored; "" for a number the version does not have.
/// "deadextra" is ours: the goroutine of a C thread between callbacks (1.26+), the runtime prints a wait text for it.
std::string_view status_name(std::uint32_t status, const GoVersion& version);

/// The runtime's text for g.waitreason; "" for 0 and for a number the version does not have. Renumbered in 1.26.
std::string_view wait_reason_text(std::uint8_t value, const GoVersion& version);

}  // namespace lldbgo
