// The Duff's device of a Go version, as its runtime/duff_amd64.s has it: what a decoded routine is checked against.
#pragma once

#include <cstdint>

#include "core/gofacts/go_version.h"

namespace lldbgo {

struct DuffFacts {
  bool exists = false;
  std::uint64_t zero_size = 0, copy_size = 0;  ///< bytes of code, RET included
  std::uint64_t zero_blocks = 0, copy_blocks = 0;
  unsigned zero_xmm = 0, copy_xmm = 0;
  std::uint64_t longest = 0;  ///< bytes that the entry at 0 writes
};

/// A version between or beyond the measured ones takes the row before it.
DuffFacts duff_facts(const GoVersion& version);

}  // namespace lldbgo
