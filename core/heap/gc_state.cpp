#include "core/heap/gc_state.h"

#include "core/heap/heap_globals.h"

namespace lldbgo {

GcState read_gc_state(GoProcess& process, const HeapLayout& layout) {
  GcState out;
  Memory& memory = process.memory();
  if (auto at = find_gcphase(process)) {
    auto phase = memory.u32(*at);
    if (phase && *phase <= 2) out.phase = static_cast<GcPhase>(*phase);
  }
  if (auto at = find_write_barrier(process)) {
    auto flag = memory.u32(*at);  // the code compares four bytes
    if (flag) out.enabled = *flag != 0;
  }
  auto stats = process.image().global("runtime.memstats");
  if (stats && layout.gc_cycles) {
    // Counted when a cycle ends (gcMarkTermination).
    auto done = memory.u32(process.to_load(*stats) + *layout.gc_cycles);
    bool known = done && out.phase != GcPhase::unknown;
    if (known) out.cycle = *done + (out.phase == GcPhase::off ? 0u : 1u);
  }
  return out;
}

}  // namespace lldbgo
