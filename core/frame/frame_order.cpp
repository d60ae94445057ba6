// From the top of the frame down: what has pointers before what has none, then by alignment, then by name
// (cmd/compile/internal/ssagen/pgen.go cmpstackvarlt; by size instead of alignment before 1.22, in 1.15 in
// internal/gc). Temporaries are called ".autotmp_1" and unnamed results "~r0", so that they lie above and below what
// has a name.
#include "core/frame/frame_order.h"

#include <algorithm>
#include <tuple>

namespace lldbgo {
namespace {

constexpr std::size_t kMostReadings = 4096;  // what follows takes quadratic time

/// A slot with the place in the order that a reading gives it.
struct Element {
  std::int64_t offset = 0;
  std::size_t rank = 0;
  std::uint32_t variable = 0;
  std::uint64_t weight = 1;
  std::uint64_t above = 0, below = 0;  // what can be right together with it
  std::size_t reading = 0;

  bool may_lie_above(const Element& other) const {
    if (offset <= other.offset) return false;
    return rank < other.rank || (rank == other.rank && variable != other.variable);
  }
  std::uint64_t with_it() const { return above + weight + below; }
  /// Of the elements that are right together it takes the same place.
  bool displaces(const Element& other) const {
    return offset != other.offset && above < other.above + other.weight && other.above < above + weight;
  }
};

bool comes_before(const SlotReading& a, const SlotReading& b) {
  return std::tuple(!a.pointer, b.size, std::string_view(a.symbol)) <
         std::tuple(!b.pointer, a.size, std::string_view(b.symbol));
}

/// In the order of their slots, from the top of the frame down.
std::vector<Element> elements_of(const std::vector<SlotReading>& readings) {
  std::vector<std::size_t> order(readings.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return comes_before(readings[a], readings[b]); });
  std::vector<Element> out;
  std::size_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const SlotReading& r = readings[order[i]];
    if (i != 0 && comes_before(readings[order[i - 1]], r)) ++rank;
    out.push_back({r.offset, rank, r.variable, r.certain ? readings.size() : 1, 0, 0, order[i]});
  }
  std::sort(out.begin(), out.end(), [](const Element& a, const Element& b) {
    return std::tuple(b.offset, a.rank, a.variable) < std::tuple(a.offset, b.rank, b.variable);
  });
  return out;
}

void find_companions(std::vector<Element>& elements) {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!elements[j].may_lie_above(elements[i])) continue;
      elements[i].above = std::max(elements[i].above, elements[j].above + elements[j].weight);
    }
  }
  for (std::size_t i = elements.size(); i-- > 0;) {
    for (std::size_t j = i + 1; j < elements.size(); ++j) {
      if (!elements[i].may_lie_above(elements[j])) continue;
      elements[i].below = std::max(elements[i].below, elements[j].below + elements[j].weight);
    }
  }
}

}  // namespace

std::vector<bool> in_frame_order(const std::vector<SlotReading>& readings) {
  if (readings.size() > kMostReadings) return std::vector<bool>(readings.size(), true);
  std::vector<Element> elements = elements_of(readings);
  find_companions(elements);
  std::uint64_t most = 0;
  for (const Element& e : elements) most = std::max(most, e.with_it());
  std::erase_if(elements, [&](const Element& e) { return e.with_it() != most; });
  std::vector<bool> out(readings.size());
  for (const Element& e : elements) {
    out[e.reading] = std::none_of(elements.begin(), elements.end(), [&](const Element& o) { return o.displaces(e); });
  }
  return out;
}

}  // namespace lldbgo
