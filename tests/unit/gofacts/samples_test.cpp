#include "tests/unit/gofacts/samples.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "tests/unit/catch.h"

namespace samples {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> run(const std::string& command) {
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

std::vector<Sample> find() {
  fs::path script = fs::path(__FILE__).parent_path() / "../pclntab/make_samples";
  auto lines = run(script.lexically_normal().string());
  REQUIRE_FALSE(lines.empty());
  std::vector<Sample> out;
  for (const auto& version : fs::directory_iterator(lines.back())) {
    if (!fs::exists(version.path() / "complete")) continue;
    int minor = std::atoi(version.path().filename().c_str() + 2);
    for (const auto& file : fs::directory_iterator(version.path())) {
      std::string kind = file.path().filename();
      if (kind == "complete" || kind.ends_with(".h")) continue;
      out.push_back({file.path(), kind, minor});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Sample& a, const Sample& b) { return a.minor != b.minor ? a.minor < b.minor : a.kind < b.kind; });
  REQUIRE_FALSE(out.empty());
  return out;
}

}  // namespace

const std::vector<Sample>& all() {
  static const std::vector<Sample> samples = find();
  return samples;
}

std::vector<Sample> of_kind(const std::string& kind) {
  std::vector<Sample> out;
  for (const Sample& s : all()) {
    if (s.kind == kind) out.push_back(s);
  }
  return out;
}

std::vector<std::string> output_of(const Sample& sample, const std::string& arguments) {
  return run("timeout 120 '" + sample.path + "' " + arguments);
}

std::vector<std::byte> file_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  REQUIRE_FALSE(text.empty());
  auto* start = reinterpret_cast<const std::byte*>(text.data());
  return {start, start + text.size()};
}

}  // namespace samples
