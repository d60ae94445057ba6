#include "core/translate/range_lists.h"

#include <cstring>

namespace lldbgo {

Result<> make_relative_to_unit(std::vector<std::byte>& debug_ranges, std::uint64_t offset, std::uint64_t unit_base) {
  ByteReader reader(debug_ranges, offset);
  std::vector<std::uint64_t> words;
  std::uint64_t base = unit_base;
  bool selects_base = false;
  for (;;) {
    std::uint64_t lo = reader.u64(), hi = reader.u64();
    if (!reader.ok()) return fail(Errc::malformed, ".debug_ranges: a list ends behind the section");
    if (lo == 0 && hi == 0) break;
    if (lo == UINT64_MAX) {
      base = hi;
      selects_base = true;
    } else {
      words.push_back(lo + base - unit_base);
      words.push_back(hi + base - unit_base);
    }
  }
  if (!selects_base) return {};
  words.insert(words.end(), {0, 0});
  std::memcpy(debug_ranges.data() + offset, words.data(), words.size() * sizeof words[0]);
  return {};
}

}  // namespace lldbgo
