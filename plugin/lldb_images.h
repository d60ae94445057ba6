// The Images port over SBTarget's modules.
#pragma once

#include <lldb/API/LLDB.h>

#include "core/target/images.h"
#include "plugin/translated_files.h"

namespace lldbgo {

/// Where `target` has loaded `module`; absent: it has not.
std::optional<Slide> slide_of(lldb::SBModule module, lldb::SBTarget target);

class LldbImages : public Images {
 public:
  /// `translated` must outlive the binding: a module that is a translated copy is listed as the program it stands for.
  void bind(lldb::SBTarget target, const TranslatedFiles* translated) {
    target_ = target;
    translated_ = translated;
  }
  std::vector<Image> images() override;
  /// Where code is loaded now: the segments that may be executed, of every module.
  std::vector<Range<LoadAddr>> executable_ranges();

 private:
  lldb::SBTarget target_;
  const TranslatedFiles* translated_ = nullptr;
};

}  // namespace lldbgo
