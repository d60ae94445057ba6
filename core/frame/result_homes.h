// Where the results of a function with deferred calls lie in memory.
#pragma once

#include "core/dwarf/dwarf_info.h"
#include "core/gofacts/go_image.h"

namespace lldbgo {

/// Gives the results that `info` has no place for, at its pc, the one in the frame that `f` returns them from once it
/// has recovered. It holds the result once the function has stored something there: gc drops the zero of a result that
/// it sets in the same block. Nothing changes where the code does not say so beyond doubt, or debug information has
/// another place at another pc.
void place_results(const GoImage& image, const Func& f, FunctionInfo& info);

}  // namespace lldbgo
