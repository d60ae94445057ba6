// Where a fact came from, weakest last.
#pragma once

namespace lldbgo {

enum class Provenance {
  dwarf,         ///< the program's own debug info
  symbol,        ///< the program's symbol table
  table,         ///< measured on a toolchain of that Go version
  interpolated,  ///< the version lies between measured ones
  untested,      ///< the version is newer than all measured ones: the newest row
  guessed,       ///< inferred from the bytes
};
const char* provenance_name(Provenance p);

}  // namespace lldbgo
