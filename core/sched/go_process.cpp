#include "core/sched/go_process.h"

namespace lldbgo {

Result<RuntimeLayout> GoProcess::layout() {
  if (!layout_) {
    auto resolved = RuntimeLayout::resolve(*image_);
    if (!resolved) return pass(resolved);
    layout_ = *resolved;
  }
  return *layout_;
}

}  // namespace lldbgo
