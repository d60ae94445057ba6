// The instructions of a Go function as text: as objdump prints them, and with the names the compiler knew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/gofacts/go_image.h"
#include "core/insn/plan9_text.h"

namespace lldbgo {

struct DisassembledInstruction {
  FileAddr pc;
  std::uint64_t offset = 0;  ///< from the function's entry
  Bytes bytes;               ///< part of the code that was given
  std::string text;          ///< character for character that of `go tool objdump`, names escaped
  std::string symbolic;      ///< with names of variables and call targets; the same as `text` where nothing has one
  SourceLine where;
  std::string note;  ///< "" none
  /// The bytes of the frame that it accesses, from fp, and of what type of access; absent: none, or through an index.
  struct FrameAccess {
    std::int64_t offset = 0;
    unsigned size = 0;
  };
  std::optional<FrameAccess> frame;
};

/// The code of `f` without the padding behind it: its symbol's size, without symbols up to the INT3s that fill the gap.
std::uint64_t code_size(const GoImage& image, const Func& f);

/// `code`: the function's bytes from its entry on, code_size of them. In `symbolic` an argument, result or spill slot
/// is `main.a+8(FP)` and any other variable `main.n+352(SP)`, the distance from hardware SP; a jump inside the function
/// goes to `main.f+97(SB)`, a call of assembly with the old calling convention to `runtime.f<ABI0>(SB)`.
/// Errors: malformed (the line table).
Result<std::vector<DisassembledInstruction>> disassemble(const GoImage& image, const Func& f, Bytes code);

}  // namespace lldbgo
