#include "plugin/image_cache.h"

#include <sys/stat.h>

#include <algorithm>

namespace lldbgo {

Result<std::shared_ptr<const GoImage>> ImageCache::open(const std::string& path) {
  Key key{path, 0, 0, 0};
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) {
    key.inode = info.st_ino;
    key.size = static_cast<std::uint64_t>(info.st_size);
    key.changed_ns = info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec;
  }
  auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.key == key; });
  if (found != entries_.end()) {
    entries_.splice(entries_.begin(), entries_, found);
    return entries_.front().image;
  }
  entries_.remove_if([&](const Entry& e) { return e.key.path == path; });  // an older build of it
  entries_.push_front({key, GoImage::open(path)});
  if (entries_.size() > kCapacity) entries_.pop_back();
  return entries_.front().image;
}

}  // namespace lldbgo
