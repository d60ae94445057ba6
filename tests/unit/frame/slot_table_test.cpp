#include "core/frame/slot_table.h"

#include <random>

#include "core/frame/components.h"
#include "tests/unit/catch.h"
#include "tests/unit/values/go_types.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

Slot named(const char* name, std::int64_t offset, std::uint64_t size = 8) {
  Slot s;
  s.kind = SlotKind::local;
  s.name = name;
  s.offset_fp = offset;
  s.size = size;
  return s;
}

/// "name@offset+size" from the highest down.
std::string describe(const std::vector<Slot>& slots) {
  std::string out;
  for (const Slot& s : slots) {
    out += (s.kind == SlotKind::unknown ? std::string("?") : s.name) + "@" + std::to_string(s.offset_fp) + "+" +
           std::to_string(s.size) + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("gaps become unknown words on fp's grid") {
  SlotTable t(-24, 8);
  CHECK(t.claim(named("ret", -8)));
  CHECK(t.claim(named("b", -20, 1)));
  CHECK(describe(t.finish()) == "?@0+8 ret@-8+8 ?@-16+8 ?@-19+3 b@-20+1 ?@-24+4 ");
}

TEST_CASE("the first claim wins; what is left of the second is unknown and says so") {
  SlotTable t(-32, 0);
  CHECK(t.claim(named("x", -24)));
  CHECK_FALSE(t.claim(named("y", -32, 32)));
  auto slots = t.finish();
  CHECK(describe(slots) == "?@-16+16 x@-24+8 ?@-32+8 ");
  CHECK(slots[0].why.find("part of y") == 0);
  CHECK_FALSE(t.is_free(-32, 8));
}

TEST_CASE("claims outside of the frame are cut") {
  SlotTable t(-16, 0);
  CHECK_FALSE(t.claim(named("below", -24)));
  CHECK_FALSE(t.claim(named("across", -20)));
  CHECK(describe(t.finish()) == "?@-8+8 ?@-12+4 ?@-16+4 ");
}

TEST_CASE("a huge unknown region is one slot") {
  SlotTable t(-1'000'000, 0);
  CHECK(t.claim(named("x", -8)));
  CHECK(describe(t.finish()) == "x@-8+8 ?@-1000000+999992 ");
}

TEST_CASE("claims without end are refused, and still every byte is covered once") {
  constexpr std::int64_t kWords = std::int64_t{SlotTable::kMaxClaims} + 100;
  SlotTable t(-8 * kWords, 0);
  for (std::int64_t i = 1; i <= kWords; ++i) {
    CHECK(t.claim(named("x", -8 * i)) == (i <= kWords - 100));
  }
  CHECK(t.overfull());
  auto slots = t.finish();
  REQUIRE(slots.size() == static_cast<std::size_t>(kWords));
  CHECK(slots[0].name == "x");
  CHECK(slots.back().kind == SlotKind::unknown);
  CHECK_FALSE(SlotTable(-8, 0).overfull());
}

TEST_CASE("every byte is covered once, whatever is claimed") {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::int64_t lo = -static_cast<std::int64_t>(random() % 200), hi = random() % 100;
    SlotTable t(lo, hi);
    for (int i = 0; i < 20; ++i) t.claim(named("v", static_cast<std::int64_t>(random() % 400) - 250, random() % 40));
    std::int64_t at = hi;
    for (const Slot& s : t.finish(round % 2 ? 16 : 1 << 20)) {
      REQUIRE(s.size > 0);
      REQUIRE(s.offset_fp + static_cast<std::int64_t>(s.size) == at);
      at = s.offset_fp;
    }
    REQUIRE(at == lo);
  }
}

TEST_CASE("pointer maps mark the second word of an interface, and other pointers themselves") {
  for (const TypePtr& type : {any(), error()}) {
    auto words = components_of(type);
    REQUIRE(words.size() == 2);
    CHECK(words[0].pointer);
    CHECK_FALSE(words[0].marked());
    CHECK(words[0].marked_at == 8);
    CHECK(words[1].marked());
  }
  auto inside = components_of(array("[2]error", 2, error()));
  REQUIRE(inside.size() == 4);
  CHECK(inside[2].marked_at == 24);
  auto text = components_of(string());
  CHECK(text[0].marked());
  CHECK_FALSE(text[1].marked());
}

TEST_CASE("components of values") {
  auto text = [](const TypePtr& t, std::size_t limit = 1024) {
    std::string out;
    for (const Component& c : components_of(t, limit)) {
      out += c.suffix + "@" + std::to_string(c.offset) + "+" + std::to_string(c.size) + (c.pointer ? "* " : " ");
    }
    return out;
  };
  auto byte = unsigned_integer("uint8", 1);
  CHECK(text(integer()) == "@0+8 ");
  CHECK(text(string()) == ".ptr@0+8* .len@8+8 ");
  CHECK(text(slice("[]uint8", byte)) == ".ptr@0+8* .len@8+8 .cap@16+8 ");
  CHECK(text(any()) == ".type@0+8* .data@8+8* ");
  CHECK(text(error()) == ".tab@0+8* .data@8+8* ");
  CHECK(text(scalar(TypeKind::complex, "complex64", 8, 4)) == ".real@0+4 .imag@4+4 ");
  CHECK(text(array("[3]int", 3, integer())) == "[0]@0+8 [1]@8+8 [2]@16+8 ");
  CHECK(text(array("[4]uint8", 4, byte)) == "[0]@0+1 [1]@1+1 [2]@2+1 [3]@3+1 ");
  CHECK(text(array("[20]uint8", 20, byte)) == "[0:8]@0+8 [8:16]@8+8 [16:20]@16+4 ");
  auto q = structure("main.Q", {{"b", boolean()}, {"x", integer()}});
  CHECK(text(structure("main.P", {{"q", q}, {"s", string()}})) == ".q.b@0+1 .q.x@8+8 .s.ptr@16+8* .s.len@24+8 ");
  CHECK(text(array("[2]main.Q", 2, q)) == "[0].b@0+1 [0].x@8+8 [1].b@16+1 [1].x@24+8 ");
  CHECK(text(structure("struct {}", {})) == "");
  // A structure of nothing but padding has no components, however many of them there are.
  Type hole;
  hole.kind = TypeKind::structure;
  hole.size = 1;
  CHECK(text(array("[1 << 40]struct {}", std::uint64_t{1} << 40, std::make_shared<Type>(hole))) == "");
  // The rest of a long array is one component.
  CHECK(text(array("[1000]int", 1000, integer()), 8) == "[0]@0+8 [1]@8+8 [2]@16+8 [3]@24+8 [4]@32+8 [5:]@40+7960 ");
}
