// Which program a translated copy stands for.
#pragma once

#include <map>
#include <string>

namespace lldbgo {

class TranslatedFiles {
 public:
  void add(std::string copy, std::string original) { originals_[std::move(copy)] = std::move(original); }
  /// `path` itself where it is no copy.
  const std::string& original(const std::string& path) const {
    auto found = originals_.find(path);
    return found == originals_.end() ? path : found->second;
  }

 private:
  std::map<std::string, std::string> originals_;
};

}  // namespace lldbgo
