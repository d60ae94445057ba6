// Which field of a value an offset is.
#pragma once

#include <cstdint>
#include <string>

#include "core/dwarf/type.h"

namespace lldbgo {

/// ".next", "[3].name.len": what to write behind a value of `type` to name its byte `offset`; "+5" at the end where
/// that is not the first byte of a part. "" at offset 0 of what has no parts.
std::string type_path(const TypePtr& type, std::uint64_t offset);

}  // namespace lldbgo
