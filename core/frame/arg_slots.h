// Slots above fp: stack arguments, results, spill slots.
#pragma once

#include "core/frame/components.h"
#include "core/frame/frame_context.h"
#include "core/frame/prototype.h"
#include "core/frame/slot_table.h"

namespace lldbgo {

void claim_arg_slots(const FrameContext& c, const Prototype& prototype, SlotTable& table);

/// Does the home of a stack-assigned argument or result hold its value at this pc?
Liveness stack_home_live(const FrameContext& c, const Parameter& p, const Component& x);

}  // namespace lldbgo
