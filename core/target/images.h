// The port that lists the ELF images of a target and where they are loaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/address.h"

namespace lldbgo {

struct Image {
  std::string path;            ///< a file this machine can open; empty where there is none (the vDSO)
  std::optional<Slide> slide;  ///< absent before the image is loaded
  bool main = false;           ///< the executable
};

class Images {
 public:
  virtual ~Images() = default;
  virtual std::vector<Image> images() = 0;
};

}  // namespace lldbgo
