#include "plugin/retraps.h"

#include <algorithm>

namespace lldbgo {

void Retraps::expect(TrapSite site) {
  if (std::find(sites_.begin(), sites_.end(), site) != sites_.end()) return;
  if (sites_.size() == kMost) sites_.pop_front();
  sites_.push_back(site);
}

bool Retraps::take(TrapSite site) {
  auto found = std::find(sites_.begin(), sites_.end(), site);
  if (found == sites_.end()) return false;
  sites_.erase(found);
  return true;
}

}  // namespace lldbgo
