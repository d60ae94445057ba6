// Claims the slots of one variable's words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/frame/components.h"
#include "core/frame/frame_context.h"
#include "core/frame/slot_table.h"

namespace lldbgo {

struct VariableClaim {
  std::string name;
  TypePtr type;
  SlotKind kind = SlotKind::local;
  std::int64_t offset = 0;                           ///< home of the variable's first byte, from fp
  std::uint64_t from = 0, size = ~std::uint64_t{0};  ///< the part of the variable that is claimed
  std::string why;
  bool padding = false;                              ///< claim the variable's padding, too
  std::function<Liveness(const Component&)> live;    ///< of one word
  std::function<std::string(const Component&)> reg;  ///< register a spill slot belongs to; may be empty
};

/// The word's slot, with value and text where it can be read. `claim.offset` + component offset is its place.
void claim_variable(const FrameContext& c, const VariableClaim& claim, SlotTable& table);

}  // namespace lldbgo
