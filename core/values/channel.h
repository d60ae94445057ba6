// Channels: runtime.hchan (runtime/chan.go).
#pragma once

#include <cstdint>
#include <vector>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

struct Channel {
  std::uint64_t length = 0, capacity = 0;
  bool closed = false;
  TypePtr element;  ///< null where the debug information does not tell
  LoadAddr buffer;
  std::uint64_t first = 0;  ///< index in the buffer of the element that is received next
  /// Where element `i` of those that wait lies; i < length.
  LoadAddr at(std::uint64_t i) const { return buffer + (first + i) % capacity * element->size; }
};

/// Absent: the channel is nil. Errors: unreadable, not_found, malformed (more elements than room).
Result<std::optional<Channel>> channel_of(const ValueContext& context, const GoValue& value);

}  // namespace lldbgo
