// The oracle programs of tests/unit/pclntab/oracle, built by tests/unit/pclntab/make_samples for every Go at hand.
#pragma once

#include <string>
#include <vector>

#include "core/base/byte_reader.h"

namespace samples {

struct Sample {
  std::string path, kind;  ///< kind: "static", "stripped", "noopt", "trimmed", "pie", "cgo", "cgo-pie", "cgo-stripped", "c-shared"
  int minor = 0;           ///< Go 1.<minor>
  bool runs() const { return kind != "c-shared"; }
  bool has_symbols() const { return kind != "stripped" && kind != "cgo-stripped"; }
  bool cgo() const { return kind.starts_with("cgo") || kind == "c-shared"; }
  std::string name() const { return "go1." + std::to_string(minor) + " " + kind; }
};

/// All there are, oldest Go first; builds them on the first call. Fails the test where there is no Go at all.
const std::vector<Sample>& all();
/// Those of one kind.
std::vector<Sample> of_kind(const std::string& kind);

/// What the program prints, line by line: see oracle/main.go for its arguments.
std::vector<std::string> output_of(const Sample& sample, const std::string& arguments);

std::vector<std::byte> file_bytes(const std::string& path);

}  // namespace samples
