#include "core/values/numbers.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace lldbgo {
namespace {

std::uint64_t low_bytes(std::uint64_t bits, std::size_t size) {
  return size >= 8 ? bits : bits & ((std::uint64_t{1} << (8 * size)) - 1);
}

// strconv.FormatFloat(f, 'g', -1, bits) with the exponent threshold of package fmt's %v (fmt/format.go fmtFloat).
template <class F>
std::string shortest(F value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[64];
  auto done = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  std::string scientific(text, done.ptr);  // d[.ddd]e[+-]dd: Go's form of an exponent, too
  int exponent = std::atoi(scientific.c_str() + scientific.find('e') + 1);
  if (exponent < -4 || exponent >= 21) return scientific;
  done = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed);
  return std::string(text, done.ptr);
}

}  // namespace

std::string format_signed(std::uint64_t bits, std::size_t size) {
  bits = low_bytes(bits, size);
  if (size < 8 && size > 0 && (bits >> (8 * size - 1) & 1) != 0) bits |= ~std::uint64_t{0} << (8 * size);
  return std::to_string(static_cast<std::int64_t>(bits));
}

std::string format_unsigned(std::uint64_t bits, std::size_t size) {
  return std::to_string(low_bytes(bits, size));
}

std::string format_float(std::uint64_t bits, std::size_t size) {
  if (size == 4) return shortest(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  return shortest(std::bit_cast<double>(bits));
}

}  // namespace lldbgo
