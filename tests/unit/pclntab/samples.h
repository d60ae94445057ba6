// The oracle programs of tests/unit/pclntab/oracle, built by tests/unit/pclntab/make_samples for every Go at hand.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/byte_reader.h"
#include "tests/unit/catch.h"

namespace samples {

namespace fs = std::filesystem;

struct Sample {
  std::string path,
      kind;  ///< kind: "static", "stripped", "noopt", "trimmed", "pie", "cgo", "cgo-pie", "cgo-stripped", "c-shared"
  int minor = 0;  ///< Go 1.<minor>
  bool runs() const { return kind != "c-shared"; }
  bool has_symbols() const { return kind != "stripped" && kind != "cgo-stripped"; }
  bool cgo() const { return kind.starts_with("cgo") || kind == "c-shared"; }
  std::string name() const { return "go1." + std::to_string(minor) + " " + kind; }
};

inline std::vector<std::string> output_lines(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " </dev/null").c_str(), "r"), pclose);
  REQUIRE(pipe);
  std::string text;
  char buffer[1 << 16];
  while (std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, n);
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// All there are, oldest Go first; builds them on the first call. Fails the test where there is no Go at all.
inline const std::vector<Sample>& all() {
  static const std::vector<Sample> samples = [] {
    auto lines = output_lines((fs::path(__FILE__).parent_path() / "make_samples").string());
    REQUIRE_FALSE(lines.empty());
    std::vector<Sample> out;
    for (const auto& version : fs::directory_iterator(lines.back())) {
      if (!fs::exists(version.path() / "complete")) continue;
      int minor = std::atoi(version.path().filename().c_str() + 2);
      for (const auto& file : fs::directory_iterator(version.path())) {
        std::string kind = file.path().filename();
        if (kind != "complete" && kind.find('.') == std::string::npos) out.push_back({file.path(), kind, minor});
      }
    }
    std::sort(out.begin(), out.end(), [](const Sample& a, const Sample& b) {
      return a.minor != b.minor ? a.minor < b.minor : a.kind < b.kind;
    });
    REQUIRE_FALSE(out.empty());
    return out;
  }();
  return samples;
}

/// Those of one kind.
inline std::vector<Sample> of_kind(const std::string& kind) {
  std::vector<Sample> out;
  std::copy_if(all().begin(), all().end(), std::back_inserter(out), [&](const Sample& s) { return s.kind == kind; });
  return out;
}

/// What the program prints, line by line: see oracle/main.go for its arguments.
inline std::vector<std::string> output_of(const Sample& sample, const std::string& arguments) {
  return output_lines("timeout 120 '" + sample.path + "' " + arguments);
}

inline std::vector<std::byte> file_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  REQUIRE_FALSE(text.empty());
  auto* start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

}  // namespace samples
