// Addresses as types, so that a link-time address cannot be read from a process and a load address cannot be
// looked up in a table of the file.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace lldbgo {

template <class Tag>
struct Address {
  std::uint64_t value = 0;

  constexpr Address() = default;
  constexpr explicit Address(std::uint64_t v) : value(v) {}
  constexpr auto operator<=>(const Address&) const = default;
  constexpr explicit operator bool() const { return value != 0; }

  /// Wraps around like the machine's own address arithmetic: a hostile offset is never undefined behaviour.
  constexpr Address operator+(std::uint64_t n) const { return Address(value + n); }
  constexpr Address operator-(std::uint64_t n) const { return Address(value - n); }
  /// `this` moved by a signed number of bytes.
  constexpr Address offset(std::int64_t n) const { return Address(value + static_cast<std::uint64_t>(n)); }
  /// Signed distance in bytes.
  constexpr std::int64_t operator-(Address other) const {
    return static_cast<std::int64_t>(value - other.value);
  }
};

/// An address in the running process (or in the core file of one).
using LoadAddr = Address<struct LoadTag>;
/// A link-time virtual address of one ELF file, as its symbols, sections and pclntab use it.
using FileAddr = Address<struct FileTag>;

/// What the dynamic loader added to every link-time address of one image.
struct Slide {
  std::uint64_t value = 0;
  constexpr LoadAddr to_load(FileAddr a) const { return LoadAddr(a.value + value); }
  constexpr FileAddr to_file(LoadAddr a) const { return FileAddr(a.value - value); }
  constexpr bool operator==(const Slide&) const = default;
};

/// A half-open range [lo, hi).
template <class A>
struct Range {
  A lo, hi;
  constexpr bool contains(A a) const { return lo <= a && a < hi; }
  constexpr std::uint64_t size() const { return hi > lo ? hi.value - lo.value : 0; }
  constexpr bool operator==(const Range&) const = default;
};

}  // namespace lldbgo

template <class Tag>
struct std::hash<lldbgo::Address<Tag>> {
  std::size_t operator()(lldbgo::Address<Tag> a) const noexcept { return std::hash<std::uint64_t>()(a.value); }
};
