#include "core/frame/frame_order.h"

#include <initializer_list>

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

constexpr bool kPointer = true, kScalar = false;

/// Names of pointers in slots of their own, from the top of the frame down.
std::vector<SlotReading> slots(std::initializer_list<const char*> names) {
  std::vector<SlotReading> out;
  for (const char* name : names) {
    auto index = static_cast<std::uint32_t>(out.size());
    out.push_back({-8 - 8 * std::int64_t{index}, 8, kPointer, name, index, false});
  }
  return out;
}

using Kept = std::vector<bool>;

}  // namespace

TEST_CASE("names of slots that agree with the order of a frame") {
  CHECK(in_frame_order({}).empty());
  CHECK(in_frame_order(slots({"a", "b", "k", "k", "~r0"})) == Kept(5, true));
}

TEST_CASE("a name between names it does not belong to is another's") {
  CHECK(in_frame_order(slots({"header", "bdy", "err", "w"})) == Kept{false, true, true, true});
  CHECK(in_frame_order(slots({"bdy", "err", "w", "te"})) == Kept{true, true, false, false});
}

TEST_CASE("of two slots that contradict each other none has its name, unless one is certain") {
  auto two = slots({"w", "te"});
  CHECK(in_frame_order(two) == Kept{false, false});
  two[0].certain = true;
  CHECK(in_frame_order(two) == Kept{true, false});
}

TEST_CASE("a variable has one slot") {
  auto several = slots({"header", "header", "header", "k"});
  several[1].variable = several[0].variable;
  CHECK(in_frame_order(several) == Kept{false, false, true, true});
  several[2].variable = several[0].variable;
  CHECK(in_frame_order(several) == Kept{false, false, false, true});
}

TEST_CASE("pointers lie above what has none, and large values above small ones") {
  auto mixed = slots({"p", "q", "a", "b"});
  mixed[2].pointer = mixed[3].pointer = kScalar;
  CHECK(in_frame_order(mixed) == Kept(4, true));
  mixed[2].size = 1;
  CHECK(in_frame_order(mixed) == Kept{true, true, false, false});
  mixed[3].size = 1;
  CHECK(in_frame_order(mixed) == Kept(4, true));
}

TEST_CASE("a slot with several names has those that fit") {
  auto read = slots({"b", "k", "x"});
  read.push_back(read[1]);
  read[3].symbol = "a";
  read[3].variable = 3;
  CHECK(in_frame_order(read) == Kept{true, true, true, false});
}

TEST_CASE("nothing is left out of a frame that is too large to judge") {
  std::vector<SlotReading> many(5000, slots({"a"})[0]);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].offset = static_cast<std::int64_t>(i) * 8 - 80000;
  CHECK(in_frame_order(many) == Kept(many.size(), true));
}
