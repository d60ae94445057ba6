// Times and durations as package time prints them.
#pragma once

#include <cstdint>
#include <string>

namespace lldbgo {

/// time.Duration.String: "1.5s", "2h45m0s", "300ms", "0s".
std::string duration_text(std::int64_t nanoseconds);

/// Time.Format(time.RFC3339Nano) of a time in a zone `offset` seconds east of Greenwich: "2024-02-29T12:30:00.5+01:00".
/// `nanoseconds` is less than 1e9.
std::string time_text(std::int64_t unix_seconds, std::uint32_t nanoseconds, std::int32_t offset);

}  // namespace lldbgo
