// Text of the target on its way to a terminal or to JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lldbgo {

/// `raw` with control bytes, escape sequences and invalid UTF-8 written as `\xNN`, cut after `limit` bytes with "...".
/// For names (functions, files): readable text passes unchanged.
std::string printable(std::string_view raw, std::size_t limit = 4096);

/// JSON on one line, with the characters that `printable` escapes written as `\uXXXX`: the same values, but nothing in
/// them that steers a terminal.
std::string safe_json(std::string_view json);

/// A Go string literal as `%q` prints it; `cut` appends `...` after the closing quote.
std::string go_quote(std::string_view raw, bool cut = false);

/// `0x` and lower-case hex digits without leading zeros.
std::string hex(std::uint64_t value);
/// `+0x1f`, `-0x10`.
std::string signed_hex(std::int64_t value);

}  // namespace lldbgo
