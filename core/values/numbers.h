// Numbers as Go prints them.
#pragma once

#include <cstdint>
#include <string>

namespace lldbgo {

/// Decimal value of the low `size` bytes.
std::string format_signed(std::uint64_t bits, std::size_t size);
std::string format_unsigned(std::uint64_t bits, std::size_t size);
/// fmt.Sprint of a float32 or float64: shortest digits that read back the same, exponent below 1e-4 and from 1e21 on.
std::string format_float(std::uint64_t bits, std::size_t size);

}  // namespace lldbgo
