// GoImages by file: path, time of change and size. Files that are not Go are remembered too.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "core/gofacts/go_image.h"

namespace lldbgo {

class ImageCache {
 public:
  /// Errors: those of GoImage::open.
  Result<std::shared_ptr<const GoImage>> open(const std::string& path);

 private:
  static constexpr std::size_t kCapacity = 64;
  struct Key {
    std::string path;
    std::uint64_t inode = 0, size = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    Key key;
    Result<std::shared_ptr<const GoImage>> image;
  };
  std::list<Entry> entries_;  // most recently used first
};

}  // namespace lldbgo
