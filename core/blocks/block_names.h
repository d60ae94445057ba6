// What the source calls the memory that a block operation reads or writes.
#pragma once

#include <string>

#include "core/blocks/image_blocks.h"

namespace lldbgo {

/// "big", "big+0x8" (a variable, and bytes into it), "*p" (what a pointer variable leads to), "main.table" (a global,
/// of the symbol table); "" where nothing names it. `bytes` chooses between variables that share the place.
std::string place_name(const GoImage& image, const Func& func, const BlockSite& site, const Place& place);

/// "SP+0x68", "DI", "AX-0x8", "*(SP+0x8)", a symbol or an address of the program.
std::string place_text(const GoImage& image, const Place& place);

}  // namespace lldbgo
