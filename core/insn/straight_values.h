// Carries a register's value from one place of straight code to another.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/byte_reader.h"
#include "core/target/threads.h"

namespace lldbgo {

/// A register as it was somewhere else, plus a distance.
struct CarriedValue {
  Reg reg = Reg::rax;
  std::int64_t offset = 0;
};

/// What `reg` will hold at code offset `to`, in terms of the registers at `from`. Absent where the code between is not
/// straight (a branch or call lies there), or loads it anew. At most 256 instructions.
std::optional<CarriedValue> carried(Bytes code, std::uint64_t from, std::uint64_t to, Reg reg);
/// What `reg` held at `from`, in terms of the registers at `to`. The same bounds.
std::optional<CarriedValue> carried_back(Bytes code, std::uint64_t from, std::uint64_t to, Reg reg);

}  // namespace lldbgo
