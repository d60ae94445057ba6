// What the instructions of a function are for, as far as their own shape tells: the assembler's frame code, checks,
// calls.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/target/threads.h"

namespace lldbgo {

struct CodeMark {
  enum class Kind {
    load_g,        ///< g from thread-local storage into `reg`
    check_small,   ///< SP against the stack guard: a frame of at most 128 bytes
    check_medium,  ///< SP less `value` (the frame beyond 128 bytes) against it: at most 4096 bytes
    check_large,   ///< the same for more, guarded against wrapping around
    check_jump,    ///< to the block that grows the stack
    save_bp,       ///< of the caller
    set_bp,
    allocate,    ///< `value` bytes of frame
    restore_bp,  ///< before a return
    release,     ///< `value` bytes of frame, before a return
    spill,       ///< of argument register `reg`, before the stack grows
    reload,      ///< of it, after that
    grow,        ///< the call of morestack
    retry,       ///< back to the entry
    nil_check,   ///< of the pointer in `reg`: reads and forgets
    call,        ///< of `target`; absent: indirect
    jump,        ///< out of the function, to `target`
  };
  std::uint64_t offset = 0;  ///< of the instruction in the function
  Kind kind = Kind::call;
  std::optional<Reg> reg;
  std::optional<unsigned> vector;  ///< number of an XMM register instead
  std::uint64_t value = 0;
  std::optional<std::uint64_t> target;  ///< offset from the function's entry; wraps around like an address
};

/// `function`: its bytes from the entry on. Marks are in the order of the code; bytes that are no instruction are
/// passed over one by one.
std::vector<CodeMark> code_marks(Bytes function);

}  // namespace lldbgo
