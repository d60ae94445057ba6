// Values as text: contracts "Values as text".
#pragma once

#include <string>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

/// int -7, uint8 255, 2.5, true, (1+2i), "text", 0xc000012345, nil, len=3 cap=4, {1, 2}, {X: 1, Y: 2}, main.f,
/// main.T {X: 1} of an interface, <unavailable: ...>, <unreadable: 0x...>; the forms of known_types. Never a guess: a
/// value with a missing byte is unavailable. One line, safe to print.
std::string format_value(const ValueContext& context, const GoValue& value);
/// Of a value that was gathered from registers and memory.
std::string format_value(const ValueContext& context, const Type& type, const ValueBytes& bytes);

/// The form inside a call: the same, but a slice, map or channel is `[]uint8 len 4`, what an interface holds is
/// `main.T {...}` unless it is a number, string or pointer, strings are cut at 32 bytes, arrays and structures at four
/// elements.
std::string format_brief(const ValueContext& context, const Type& type, const ValueBytes& bytes);

/// The literal of a value of a basic or pointer type, as a map's child is named by it: -7, "a", 0xc000012345; absent
/// for composite types and for what cannot be read.
std::optional<std::string> format_literal(const ValueContext& context, const GoValue& value);

}  // namespace lldbgo
