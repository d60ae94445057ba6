// Where Go's calling conventions put the arguments and results of a function, computed from its types.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/dwarf/type.h"
#include "core/insn/register_stores.h"

namespace lldbgo {

struct AbiInput {
  TypePtr type;
  bool result = false;
};

/// A register and the bytes of the value it carries.
struct AbiWord {
  ArgRegister reg;
  std::uint64_t offset = 0, size = 0;
};

struct AbiPlace {
  std::vector<AbiWord> words;             ///< empty: on the stack
  std::optional<std::int64_t> offset_fp;  ///< home on the stack, or spill slot; absent for a result in registers
  bool in_registers() const { return !words.empty(); }
};

struct AbiLayout {
  std::vector<AbiPlace> places;  ///< one for each input, in the same order
  std::int64_t size = 0;  ///< bytes above fp: stack arguments, stack results, spill area; _func.args says the same
};

/// `registers`: ABIInternal of Go 1.17+; else ABI0. Inputs come before results.
/// Errors: unsupported (a type whose layout is not known), limit (absurd sizes).
Result<AbiLayout> assign_abi(std::span<const AbiInput> inputs, bool registers);

}  // namespace lldbgo
