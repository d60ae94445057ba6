#include "core/insn/straight_values.h"

#include "core/insn/register_values.h"

namespace lldbgo {
namespace {

constexpr unsigned kMostInstructions = 256;

struct Ends {
  RegisterValues before, after;
};

std::optional<Ends> run(Bytes code, std::uint64_t from, std::uint64_t to) {
  Ends out{RegisterValues(FileAddr(0)), RegisterValues(FileAddr(0))};
  Decoder decoder(code, from);
  std::uint64_t at = from;
  for (unsigned i = 0; at < to && i < kMostInstructions; ++i) {
    auto in = decoder.next();
    if (!in || in->ends_straight_line()) return std::nullopt;
    out.after.apply(*in);
    at = in->end();
  }
  return at == to ? std::optional(std::move(out)) : std::nullopt;
}

/// The value in terms of what some register holds at a moment.
std::optional<CarriedValue> in_terms_of(const RegisterValues& moment, RegisterValue value) {
  for (unsigned r = 0; r < 16; ++r) {
    RegisterValue held = moment.of(static_cast<Reg>(r));
    if (held.symbol == value.symbol) return CarriedValue{static_cast<Reg>(r), value.minus(held.offset).offset};
  }
  return std::nullopt;
}

}  // namespace

std::optional<CarriedValue> carried(Bytes code, std::uint64_t from, std::uint64_t to, Reg reg) {
  auto ends = run(code, from, to);
  return ends ? in_terms_of(ends->before, ends->after.of(reg)) : std::nullopt;
}

std::optional<CarriedValue> carried_back(Bytes code, std::uint64_t from, std::uint64_t to, Reg reg) {
  auto ends = run(code, from, to);
  return ends ? in_terms_of(ends->after, ends->before.of(reg)) : std::nullopt;
}

}  // namespace lldbgo
