#include "tests/support/samples.h"

#include <sys/stat.h>

#include <cstdio>
#include <map>

namespace lldbgo::testing {
namespace {

/// The first line that a command of the checkout prints; the same command is run once.
std::string first_line(const std::string& command) {
  static std::map<std::string, std::string> known;
  auto [entry, fresh] = known.try_emplace(command);
  if (fresh) {
    if (FILE* pipe = popen(("cd " LLDBGO_SOURCE_DIR " && " + command).c_str(), "r")) {
      char line[4096] = {};
      if (std::fgets(line, sizeof line, pipe) != nullptr) entry->second = line;
      pclose(pipe);
    }
    while (!entry->second.empty() && entry->second.back() == '\n') entry->second.pop_back();
  }
  return entry->second;
}

std::optional<std::string> existing(std::string path) {
  struct stat st {};
  return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) ? std::optional(std::move(path)) : std::nullopt;
}

}  // namespace

std::optional<std::string> sample(const std::string& version, const std::string& variant) {
  return existing(first_line("tests/unit/make_samples " + version) + "/" + version + "/" + variant);
}

std::optional<std::string> fixture(const std::string& source, const std::string& version, const std::string& kind) {
  return existing(first_line("python3 tests/support/fixture.py " + source + " " + version + " " + kind));
}

const std::vector<std::string>& sample_versions() {
  static const std::vector<std::string> versions = {"1.15", "1.19", "1.21", "1.24", "1.27"};
  return versions;
}

}  // namespace lldbgo::testing
