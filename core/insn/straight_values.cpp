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

}  // namespace

std::optional<CarriedValue> carried(Bytes code, std::uint64_t from, std::uint64_t to, Reg reg) {
  auto ends = run(code, from, to);
  if (!ends) return std::nullopt;
  RegisterValue value = ends->after.of(reg);
  for (unsigned r = 0; r < 16; ++r) {
    RegisterValue start = ends->before.of(static_cast<Reg>(r));
    if (start.symbol == value.symbol) return CarriedValue{static_cast<Reg>(r), value.minus(start.offset).offset};
  }
  return std::nullopt;
}

std::optional<CarriedValue> carried_back(Bytes code, std::uint64_t from, std::uint64_t to, Reg reg) {
  auto ends = run(code, from, to);
  if (!ends) return std::nullopt;
  RegisterValue value = ends->before.of(reg);
  for (unsigned r = 0; r < 16; ++r) {
    RegisterValue end = ends->after.of(static_cast<Reg>(r));
    if (end.symbol == value.symbol) return CarriedValue{static_cast<Reg>(r), value.minus(end.offset).offset};
  }
  return std::nullopt;
}

}  // namespace lldbgo
