#include "core/gofacts/go_version.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/base/text.h"

namespace lldbgo {
namespace {

// Go versions of which a toolchain was measured (tests/ builds programs with each).
constexpr int kTested[] = {15, 19, 21, 22, 23, 24, 25, 26, 27};
static_assert(std::end(kTested)[-1] == kNewestMinor);
constexpr std::size_t kMaxText = 256;

bool take_number(std::string_view& text, int& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || value > 9999) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

Result<GoVersion> GoVersion::parse(std::string_view text) {
  auto malformed = [&] { return fail(Errc::malformed, "not a Go version: " + printable(text, 64)); };
  if (text.size() > kMaxText) return malformed();
  std::string_view rest = text;
  bool devel = rest.starts_with("devel ");
  if (devel) rest.remove_prefix(6);
  if (!rest.starts_with("go")) return malformed();
  rest.remove_prefix(2);

  GoVersion v;
  if (!take_number(rest, v.major) || !rest.starts_with('.')) return malformed();
  rest.remove_prefix(1);
  if (!take_number(rest, v.minor)) return malformed();
  if (rest.size() > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9') {
    rest.remove_prefix(1);
    if (!take_number(rest, v.patch)) return malformed();
  }
  std::string_view word = rest.substr(0, rest.find(' '));
  v.suffix = devel ? "devel" + std::string(word) : std::string(word);
  v.spelling = std::string(text.substr(0, text.size() - rest.size() + word.size()));
  if (auto x = rest.find(" X:"); x != std::string_view::npos) {
    std::string_view list = rest.substr(x + 3);
    v.experiments = std::string(list.substr(0, list.find(' ')));
  }
  return v;
}

std::string GoVersion::text() const {
  if (!spelling.empty()) return spelling;
  return patch != 0 ? fmt::format("go{}.{}.{}{}", major, minor, patch, suffix)
                    : fmt::format("go{}.{}{}", major, minor, suffix);
}

bool GoVersion::experiment(std::string_view name) const {
  std::string_view rest = experiments;
  while (!rest.empty()) {
    auto comma = rest.find(',');
    if (rest.substr(0, comma) == name) return true;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return false;
}

const char* support_name(Support s) {
  switch (s) {
    case Support::tested:
      return "tested";
    case Support::interpolated:
      return "interpolated";
    case Support::untested:
      return "untested";
    case Support::unsupported:
      return "unsupported";
  }
  return "unsupported";
}

Support support_of(const GoVersion& v) {
  if (v.major < 1 || (v.major == 1 && v.minor < kTested[0])) return Support::unsupported;
  if (v.major > 1 || v.minor > kNewestMinor) return Support::untested;
  return std::binary_search(std::begin(kTested), std::end(kTested), v.minor) ? Support::tested : Support::interpolated;
}

}  // namespace lldbgo
