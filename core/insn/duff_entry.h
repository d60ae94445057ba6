// How many bytes a call into the middle of runtime.duffzero or runtime.duffcopy is about.
#pragma once

#include <cstdint>
#include <optional>

namespace lldbgo {

enum class DuffRoutine { zero, copy };

/// Bytes written by a call of the routine at `offset` (runtime/mkduff.go, 1.15 - 1.25): the blocks from there to its
/// end. `size` is the routine's, RET included; it tells which form it has. Absent: no entry of that form.
std::optional<std::uint64_t> duff_bytes(DuffRoutine routine, std::uint64_t offset, std::uint64_t size);

}  // namespace lldbgo
