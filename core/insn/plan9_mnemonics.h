// What x86asm calls an instruction, by Zydis's mnemonic.
#pragma once

#include <Zydis/Zydis.h>

#include <cstdint>
#include <string_view>

namespace lldbgo {

struct Plan9Mnemonic {
  std::string_view name;      ///< empty: x86asm does not know the instruction
  bool sized = false;         ///< B, W, L or Q follows
  bool vector_sized = false;  ///< X, Y or Z follows
};

const Plan9Mnemonic& plan9_mnemonic(ZydisMnemonic mnemonic);

/// False: no instruction of this extension is known to x86asm.
bool plan9_knows(ZydisISAExt extension);

}  // namespace lldbgo
