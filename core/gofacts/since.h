// The form of a version fact: one row per change, found by the newest row that is not newer than the version.
#pragma once

#include <cstddef>

#include "core/gofacts/go_version.h"

namespace lldbgo {

/// `value` holds from Go 1.`minor` on, until the next row.
template <class T>
struct Since {
  int minor = 0;
  T value{};
};

template <class T, std::size_t N>
constexpr bool rows_ascend(const Since<T> (&rows)[N]) {
  for (std::size_t i = 1; i < N; ++i) {
    if (rows[i - 1].minor >= rows[i].minor) return false;
  }
  return N > 0;
}

/// The row for a version; an older version than all rows takes the first.
template <class T, std::size_t N>
constexpr const T& since(const Since<T> (&rows)[N], const GoVersion& version) {
  std::size_t i = N - 1;
  while (i > 0 && version.major <= 1 && (version.major < 1 || version.minor < rows[i].minor)) --i;
  return rows[i].value;
}

}  // namespace lldbgo
