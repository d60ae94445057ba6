// The order in which gc lays out the variables of a frame, as evidence of what its slots are called.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lldbgo {

/// What a slot is if a name for it is right.
struct SlotReading {
  std::int64_t offset = 0;  ///< of the slot, from fp
  std::uint64_t size = 0;
  bool pointer = false;        ///< of the variable's type
  std::string symbol;          ///< the compiler's name of the variable, without its package
  std::uint32_t variable = 0;  ///< variables of one name have different numbers; a variable has one slot
  bool certain = false;        ///< the others have to fit it
};

/// Which of the readings agree with the order: those that are among the most that do so together, whichever way that
/// is. Of slots that contradict each other, with nothing for one against the other, that is none. All, where they are
/// thousands.
std::vector<bool> in_frame_order(const std::vector<SlotReading>& readings);

}  // namespace lldbgo
