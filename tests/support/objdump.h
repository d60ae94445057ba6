// A whole program's listing in the form of `go tool objdump`, to be compared with it and raced against it.
#pragma once

#include <cstdio>

#include "core/gofacts/go_image.h"

namespace lldbgo::testing {

/// Writes what `go tool objdump PROGRAM` (1.27) writes. A stripped program is listed by the functions of its line
/// table, which objdump cannot do. Errors: not_found (no .text), and those of reading it.
Result<void> list_program(const GoImage& image, std::FILE* out);

}  // namespace lldbgo::testing
