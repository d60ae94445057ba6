// The sample binaries of tests/unit/make_samples, one folder per Go version.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lldbgo::testing {

/// Path of tests/unit/samples built with Go `version` ("1.24") as `variant` ("plain", "stripped", "pie", ...); built on first use.
/// Empty where that Go is not to be had: the caller says so and goes on.
std::optional<std::string> sample(const std::string& version, const std::string& variant);

/// Path of a test program ("tests/fixtures/kinds") built with Go `version` as a kind of tests/support/fixture.py ("opt",
/// "noopt", "pie", "noswissmap", ...); built on first use. Empty where that Go is not to be had.
std::optional<std::string> fixture(const std::string& source, const std::string& version, const std::string& kind);

/// Versions that differ in what unwinding depends on.
const std::vector<std::string>& sample_versions();

}  // namespace lldbgo::testing
