#include "tests/support/samples.h"

#include <sys/stat.h>

#include <cstdio>
#include <map>

namespace lldbgo::testing {
namespace {

std::string folder_of(const std::string& version) {
  static std::map<std::string, std::string> known;
  auto [entry, fresh] = known.try_emplace(version);
  if (fresh) {
    std::string command = LLDBGO_SOURCE_DIR "/tests/unit/make_samples " + version;
    if (FILE* pipe = popen(command.c_str(), "r")) {
      char line[4096] = {};
      if (std::fgets(line, sizeof line, pipe) != nullptr) entry->second = line;
      pclose(pipe);
    }
    while (!entry->second.empty() && entry->second.back() == '\n') entry->second.pop_back();
  }
  return entry->second;
}

}  // namespace

std::optional<std::string> sample(const std::string& version, const std::string& variant) {
  std::string path = folder_of(version) + "/" + version + "/" + variant;
  struct stat st {};
  if (stat(path.c_str(), &st) != 0) return std::nullopt;
  return path;
}

const std::vector<std::string>& sample_versions() {
  static const std::vector<std::string> versions = {"1.15", "1.19", "1.21", "1.24", "1.27"};
  return versions;
}

}  // namespace lldbgo::testing
