// A Go value: a type, and where its bytes are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/address.h"
#include "core/base/error.h"
#include "core/dwarf/type.h"
#include "core/target/memory.h"
#include "core/values/value_bytes.h"

namespace lldbgo {

struct GoValue {
  TypePtr type;                     ///< never null
  std::optional<LoadAddr> address;  ///< where it lies in memory; it is read when asked for
  ValueBytes bytes;                 ///< its bytes where it has no address: gathered from registers
};

/// `<unreadable: 0x...>` or `<unavailable: reason>`: what stands in the place of a value. The errors of this folder's
/// readers are made for it: unreadable carries the address alone, any other the reason.
std::string placeholder(const Error& error);
tl::unexpected<Error> unreadable(LoadAddr at);

/// The part of `value` that begins `offset` bytes in.
GoValue part_of(const GoValue& value, std::uint64_t offset, TypePtr type);
/// The field of a structure, through embedded and wrapping structures with dots ("mu.state").
std::optional<GoValue> field_of(const GoValue& value, std::string_view path);

/// An integer of 1..8 bytes that begins `offset` bytes into the value. Errors: unreadable, not_found.
Result<std::uint64_t> word_of(Memory& memory, const GoValue& value, std::uint64_t offset, std::size_t size);
/// The whole value as an integer, zero-extended.
Result<std::uint64_t> word_of(Memory& memory, const GoValue& value);
/// A pointer-sized word in memory.
Result<std::uint64_t> word_at(Memory& memory, LoadAddr at);

/// The bytes of a string, at most `limit`.
struct GoString {
  std::string bytes;
  bool cut = false;  ///< there are more
};
/// Errors: unreadable, not_found, malformed (an impossible length).
Result<GoString> string_of(Memory& memory, const GoValue& value, std::size_t limit);

}  // namespace lldbgo
