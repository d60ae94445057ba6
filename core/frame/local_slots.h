// Slots below the saved BP: locals, temporaries, and the argument area of the call this frame is in.
#pragma once

#include <optional>

#include "core/frame/frame_context.h"
#include "core/frame/frame_map.h"
#include "core/frame/slot_table.h"

namespace lldbgo {

/// The callee's slots above its fp, as this frame's outgoing area: offsets are from the callee's fp, which is this
/// frame's SP.
struct Outgoing {
  std::string callee;  ///< short name
  std::vector<Slot> slots;
};

void claim_local_slots(const FrameContext& c, const Outgoing* outgoing, SlotTable& table);

}  // namespace lldbgo
