// Machine code written as hex in tests: instruction by instruction, so that every boundary is known.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/base/byte_reader.h"

namespace lldbgo::test {

/// "4889e5" and spaces between.
inline std::vector<std::byte> code(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> out;
  for (std::size_t i = 0; i + 1 < hex.size();) {
    if (hex[i] == ' ') {
      ++i;
      continue;
    }
    out.push_back(static_cast<std::byte>(digit(hex[i]) << 4 | digit(hex[i + 1])));
    i += 2;
  }
  return out;
}

}  // namespace lldbgo::test
