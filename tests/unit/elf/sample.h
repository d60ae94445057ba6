// The binaries of tests/unit/samples, built by tests/unit/make_samples with every Go of the matrix, and what they and
// Go's own tools say about them.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/elf/elf_file.h"
#include "tests/unit/catch.h"

namespace lldbgo::sample {

namespace fs = std::filesystem;

/// The folder of the samples: $LLDBGO_SAMPLES, or what make_samples builds (and prints) now.
inline const fs::path& folder() {
  static const fs::path path = [] {
    if (const char* set = std::getenv("LLDBGO_SAMPLES"); set != nullptr) return fs::path(set);
    std::string script = (fs::path(__FILE__).parent_path().parent_path() / "make_samples").string(), line;
    if (FILE* pipe = popen(script.c_str(), "r"); pipe != nullptr) {
      for (int c; (c = std::fgetc(pipe)) != EOF && c != '\n';) line += static_cast<char>(c);
      pclose(pipe);
    }
    return fs::path(line);
  }();
  return path;
}

/// The Go versions there are samples of; a test that finds none fails.
inline std::vector<std::string> versions() {
  std::vector<std::string> out;
  if (!folder().empty())
    for (const auto& entry : fs::directory_iterator(folder()))
      if (fs::exists(entry.path() / "complete")) out.push_back(entry.path().filename());
  INFO("samples are in " << folder() << " (tests/unit/make_samples)");
  REQUIRE(!out.empty());
  std::sort(out.begin(), out.end());
  return out;
}

inline int minor(const std::string& version) {
  return std::stoi(version.substr(version.find('.') + 1));
}

inline std::string path(const std::string& version, const std::string& variant) {
  return (folder() / version / variant).string();
}

inline std::string text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline std::vector<std::byte> bytes(const std::string& file) {
  std::string s = text(file);
  auto* start = reinterpret_cast<const std::byte*>(s.data());
  return {start, start + s.size()};
}

inline std::shared_ptr<const ElfFile> open(const std::string& version, const std::string& variant) {
  auto elf = ElfFile::open(path(version, variant));
  REQUIRE(elf);
  return *elf;
}

/// A frame of the runtime's traceback.
struct Frame {
  std::string function;
  std::uint64_t pc = 0, sp = 0, fp = 0;
  std::uint64_t offset = 0;  // of pc from the function's entry
};

/// What a sample printed about itself: "name value" lines, then the traceback.
struct Report {
  std::map<std::string, std::uint64_t> values;
  std::vector<Frame> frames;

  const Frame& frame(const std::string& function) const {
    for (const Frame& f : frames)
      if (f.function == function) return f;
    FAIL("no frame of " << function);
    std::abort();
  }
};

inline Report report(const std::string& version, const std::string& variant) {
  Report out;
  std::istringstream lines(text(path(version, variant) + ".out"));
  std::string previous;
  bool crashed = false;
  auto number = [](const std::string& line, const char* key) {
    std::size_t at = line.find(key);
    return at == line.npos ? 0 : std::stoull(line.substr(at + std::string(key).size()), nullptr, 0);
  };
  for (std::string line; std::getline(lines, line); previous = line) {
    crashed = crashed || line.rfind("panic:", 0) == 0;
    std::size_t space = line.rfind(' ');
    if (!crashed && line.rfind("version", 0) != 0 && space != line.npos) {
      out.values[line.substr(0, space)] = std::stoull(line.substr(space + 1));
    } else if (crashed && line.find(" fp=0x") != line.npos) {
      Frame f;
      f.function = previous.substr(0, previous.rfind('('));
      if (f.function == "panic") f.function = "runtime.gopanic";  // the one name the traceback changes
      f.pc = number(line, " pc=");
      f.sp = number(line, " sp=");
      f.fp = number(line, " fp=");
      f.offset = number(line, " +");
      out.frames.push_back(f);
    }
  }
  REQUIRE(!out.values.empty());
  REQUIRE(out.frames.size() > 5);
  return out;
}

}  // namespace lldbgo::sample
