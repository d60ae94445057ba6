// A Go release, and how much we know about it.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace lldbgo {

struct GoVersion {
  int major = 1, minor = 0, patch = 0;
  std::string suffix;       ///< "rc1", "-debian", "devel-abcdef"; "" for a release
  std::string experiments;  ///< "noswissmap,..." from "X:"
  std::string spelling;     ///< as parsed, without the experiments; "" for a version nobody wrote down

  /// Accepts "go1.24.4", "go1.24.4 X:foo", "go1.25rc1", "devel go1.26-abcdef ...". Errors: malformed.
  static Result<GoVersion> parse(std::string_view text);
  std::string text() const;  ///< "go1.24.4"
  /// True if GOEXPERIMENT `name` differs from the release's default: "noswissmap".
  bool experiment(std::string_view name) const;
  auto operator<=>(const GoVersion& o) const {
    if (auto c = major <=> o.major; c != 0) return c;
    return minor <=> o.minor;
  }
  bool operator==(const GoVersion& o) const { return (*this <=> o) == 0; }
};

/// The newest release a toolchain was measured of: Go 1.27.
inline constexpr int kNewestMinor = 27;

enum class Support { tested, interpolated, untested, unsupported };
const char* support_name(Support s);
/// tested: measured on a toolchain; interpolated: between two measured ones; untested: newer than all; unsupported:
/// < 1.15.
Support support_of(const GoVersion& v);

}  // namespace lldbgo
