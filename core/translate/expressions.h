// Location expressions of Go variables, as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/byte_reader.h"

namespace lldbgo {

/// What an expression says of a value of `size` bytes.
enum class Coverage {
  whole,    ///< every byte has a place, in pieces
  single,   ///< one place, no pieces
  partial,  ///< pieces without a place, or fewer than `size` bytes
  none,     ///< no expression: optimised out
  unknown,  ///< an operation we do not know
};
Coverage coverage(Bytes expression, std::uint64_t size);

/// The place that a pointer at `expression` points to. Absent: the expression is none we know how to follow.
std::optional<std::vector<std::byte>> dereferenced(Bytes expression);

}  // namespace lldbgo
