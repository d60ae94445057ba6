// Variables that no Go program has: gc describes some of its temporaries (`.autotmp_9`, of types without bytes), and,
// from Go 1.27 on, the parts into which it takes variables (`err.data`, `out.len`), in one place for all of the
// function, whatever is there (cmd/compile/internal/ssa/debug.go, cmd/compile/internal/dwarfgen).
#pragma once

#include "core/translate/die_cursor.h"

namespace lldbgo {

/// The DIE is such a variable. Nothing refers to it.
bool is_temporary(Bytes debug_info, const DieCursor& die);

}  // namespace lldbgo
