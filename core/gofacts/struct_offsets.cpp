#include "core/gofacts/struct_offsets.h"

#include <algorithm>
#include <tuple>

namespace lldbgo {
namespace {

constexpr int kFirstMinor = 15;
constexpr std::size_t kColumns = 13;

struct Row {
  std::string_view struct_name, field;
  std::int32_t offsets[kColumns];  // -1: absent
};

constexpr Row kRows[] = {
#include "core/gofacts/struct_offsets.inc"
};

constexpr bool before(const Row& a, const Row& b) {
  return a.struct_name != b.struct_name ? a.struct_name < b.struct_name : a.field < b.field;
}
static_assert(std::is_sorted(std::begin(kRows), std::end(kRows), before));

}  // namespace

const char* provenance_name(Provenance p) {
  switch (p) {
    case Provenance::dwarf:
      return "dwarf";
    case Provenance::symbol:
      return "symbol";
    case Provenance::table:
      return "table";
    case Provenance::interpolated:
      return "interpolated";
    case Provenance::untested:
      return "untested";
    case Provenance::guessed:
      return "guessed";
  }
  return "guessed";
}

std::optional<StructOffset> measured_offset(const GoVersion& version, std::string_view struct_name,
                                            std::string_view field) {
  Row key{struct_name, field, {}};
  const Row* row = std::lower_bound(std::begin(kRows), std::end(kRows), key, before);
  if (row == std::end(kRows) || before(key, *row)) return std::nullopt;
  Provenance from = Provenance::table;
  switch (support_of(version)) {
    case Support::unsupported:
      return std::nullopt;
    case Support::interpolated:
      from = Provenance::interpolated;
      break;
    case Support::untested:
      from = Provenance::untested;
      break;
    case Support::tested:
      break;
  }
  std::size_t column = version.major > 1 ? kColumns - 1 : static_cast<std::size_t>(version.minor - kFirstMinor);
  std::int32_t offset = row->offsets[std::min(column, kColumns - 1)];
  if (offset < 0) return std::nullopt;
  return StructOffset{static_cast<std::uint64_t>(offset), from};
}

std::optional<StructOffset> measured_size(const GoVersion& version, std::string_view struct_name) {
  return measured_offset(version, struct_name, "_size");
}

}  // namespace lldbgo
