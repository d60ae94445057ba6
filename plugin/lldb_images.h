// The Images port over SBTarget's modules.
#pragma once

#include <lldb/API/LLDB.h>

#include "core/target/images.h"

namespace lldbgo {

class LldbImages : public Images {
 public:
  void bind(lldb::SBTarget target) { target_ = target; }
  std::vector<Image> images() override;
  /// Where code is loaded now: the segments that may be executed, of every module.
  std::vector<Range<LoadAddr>> executable_ranges();

 private:
  lldb::SBTarget target_;
};

}  // namespace lldbgo
