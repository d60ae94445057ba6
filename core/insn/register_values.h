// What general registers hold, as far as straight code tells: a constant, an address of the image, or some other
// register's value plus a distance.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/insn/block_site.h"
#include "core/insn/decoder.h"

namespace lldbgo {

struct RegisterValue {
  /// kConstant, kImage, or the number of an unknown quantity.
  std::uint32_t symbol = 0;
  std::int64_t offset = 0;  ///< kConstant: the constant; kImage: the link-time address
  static constexpr std::uint32_t kConstant = 0, kImage = 1;

  bool operator==(const RegisterValue&) const = default;
  std::optional<std::uint64_t> constant() const {
    return symbol == kConstant ? std::optional(static_cast<std::uint64_t>(offset)) : std::nullopt;
  }
  RegisterValue plus(std::int64_t n) const {
    return {symbol, static_cast<std::int64_t>(static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(n))};
  }
  RegisterValue minus(std::int64_t n) const {
    return {symbol, static_cast<std::int64_t>(static_cast<std::uint64_t>(offset) - static_cast<std::uint64_t>(n))};
  }
};

class RegisterValues {
 public:
  /// `entry`: the link-time address of code offset 0.
  explicit RegisterValues(FileAddr entry) : entry_(entry) { forget(0); }

  /// Code that is reached from elsewhere starts at `offset`.
  void forget(std::uint64_t offset);
  void apply(const Instruction& in);

  RegisterValue of(Reg reg) const { return values_[static_cast<std::size_t>(reg)]; }
  /// What a MOVQ last put at SP + offset; absent where that is not known. For arguments of a call.
  std::optional<RegisterValue> stored(std::int64_t sp_offset) const;
  /// `value` + `displacement`, in terms of `reg` that holds `value`, or of SP or the image where they reach it.
  Place place(Reg reg, std::int64_t displacement) const;
  /// The same of a value that lies in no register; absent where nothing reaches it.
  std::optional<Place> place(RegisterValue value) const;

 private:
  void set(Reg reg, RegisterValue value) { values_[static_cast<std::size_t>(reg)] = value; }
  void fresh(Reg reg, std::uint64_t at, std::optional<std::int64_t> slot = {});
  void write_stack(const Instruction& in);

  struct Symbol {
    std::uint64_t at = 0;
    Reg reg = Reg::rax;
    std::optional<std::int64_t> slot;
  };
  FileAddr entry_;
  std::array<RegisterValue, 16> values_{};
  std::vector<Symbol> symbols_;                  // number - 2
  std::map<std::int64_t, RegisterValue> stack_;  // by distance from the SP symbol
};

}  // namespace lldbgo
