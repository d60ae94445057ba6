#include "core/values/children.h"

#include "core/values/format.h"
#include "tests/unit/catch.h"
#include "tests/unit/values/fake_memory.h"
#include "tests/unit/values/go_types.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

struct Target {
  FakeMemory memory;
  ValueContext context{memory, {}, {}, {}, nullptr};
  Children children(TypePtr type, const std::vector<std::uint64_t>& words) {
    memory.put_words(LoadAddr(0x1000), words);
    return children_of(context, {std::move(type), LoadAddr(0x1000), {}});
  }
  std::string list(const Children& all) {
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i)
      out += all.at(i).name + "=" + format_value(context, all.at(i).value) + " ";
    return out;
  }
};

}  // namespace

TEST_CASE("children of what contains them") {
  Target t;
  t.memory.put_words(LoadAddr(0x2000), {7, 8, 9});
  CHECK(t.list(t.children(array("[2]int", 2, integer()), {5, 6})) == "[0]=5 [1]=6 ");
  CHECK(t.list(t.children(structure("main.P", {{"X", integer()}, {"B", boolean()}}), {3, 1})) == "X=3 B=true ");
  CHECK(t.list(t.children(slice("[]int", integer()), {0x2000, 3, 4})) == "[0]=7 [1]=8 [2]=9 ");
  CHECK(t.children(slice("[]int", integer()), {0, 0, 0}).size() == 0);
  CHECK(t.children(slice("[]int", integer()), {0x2000, 3, 2}).size() == 0);
  CHECK(t.children(integer(), {3}).size() == 0);
  CHECK(t.children(string(), {0x2000, 3}).size() == 0);
}

TEST_CASE("children of what was gathered from registers") {
  Target t;
  t.memory.put_words(LoadAddr(0x2000), {7, 8});
  ValueBytes bytes(24);
  bytes.put_word(0, 0x2000, 8);
  bytes.put_word(8, 2, 8);
  bytes.why_missing = "CX is not known in this frame";
  auto holder = structure("main.H", {{"S", slice("[]int", integer())}});
  Children fields = children_of(t.context, {holder, {}, bytes});
  REQUIRE(fields.size() == 1);
  CHECK_FALSE(fields.at(0).value.address);
  CHECK(format_value(t.context, fields.at(0).value) == "<unavailable: CX is not known in this frame>");
  CHECK(t.list(children_of(t.context, fields.at(0).value)) == "[0]=7 [1]=8 ");
}

TEST_CASE("a child is found by its name") {
  Target t;
  Children elements = t.children(slice("[]int", integer()), {0x2000, 3, 4});
  CHECK(elements.index_of("[2]") == 2u);
  CHECK_FALSE(elements.index_of("[3]"));
  CHECK_FALSE(elements.index_of("[1"));
  CHECK_FALSE(elements.index_of("[01]"));
  CHECK_FALSE(elements.index_of("[18446744073709551616]"));
  CHECK(t.children(structure("main.P", {{"X", integer()}, {"Y", integer()}}), {3, 1}).index_of("Y") == 1u);
}

TEST_CASE("a pointer that an interface holds is followed once") {
  Target t;
  auto to_point = pointer("*main.P");
  t.context.runtime_type = [&](LoadAddr) -> Result<RuntimeType> { return RuntimeType{"*main.P", to_point, true}; };
  t.memory.put_words(LoadAddr(0x1000), {0x6000, 0x3000});
  GoValue value{any(), LoadAddr(0x1000), {}};
  Children deeper = children_of(t.context, value, kFollowed);
  REQUIRE(deeper.size() == 1);
  CHECK(deeper.at(0).name == "data");
  CHECK(deeper.at(0).value.type == to_point);
  CHECK(format_value(t.context, deeper.at(0).value) == "0x3000");
  GoValue plain{to_point, LoadAddr(0x1008), {}};
  CHECK(children_of(t.context, plain, kFollowed).size() == children_of(t.context, plain).size());
}

TEST_CASE("what lies too deep has no children") {
  Target t;
  t.memory.put_words(LoadAddr(0x1000), {0x2000, 3, 4});
  GoValue value{slice("[]int", integer()), LoadAddr(0x1000), {}};
  CHECK(children_of(t.context, value, kDeepest - 1).size() == 3);
  CHECK(children_of(t.context, value, kDeepest).size() == 0);
}

TEST_CASE("what an interface holds has the children") {
  Target t;
  t.memory.put_words(LoadAddr(0x3000), {4, 5});
  auto point = structure("main.P", {{"X", integer()}, {"Y", integer()}});
  auto handle = structure("main.H", {{"p", pointer("*int")}});
  t.context.runtime_type = [&](LoadAddr d) -> Result<RuntimeType> {
    if (d == LoadAddr(0x6000)) return RuntimeType{"main.P", point, false};
    if (d == LoadAddr(0x6100)) return RuntimeType{"main.H", handle, true};
    if (d == LoadAddr(0x6200)) return RuntimeType{"interface {}", any(), false};
    return fail(Errc::not_found, "");
  };
  CHECK(t.list(t.children(any(), {0x6000, 0x3000})) == "X=4 Y=5 ");
  CHECK(t.list(t.children(any(), {0x6100, 0xc000})) == "p=0xc000 ");
  CHECK(t.children(any(), {0, 0}).size() == 0);
  CHECK(t.children(any(), {0x9999, 0x3000}).size() == 0);
  // An interface cannot hold an interface; memory that says so may lead in a circle.
  CHECK(t.children(any(), {0x6200, 0x1000}).size() == 0);
  CHECK(format_value(t.context, {any(), LoadAddr(0x1000), {}}).size() < 200);
}

TEST_CASE("impossible sizes have no children") {
  Target t;
  Children all = t.children(slice("[]int", integer()), {0x2000, ~0ull, ~0ull});
  CHECK(all.size() == 0);
  CHECK(all.problem == "length -1 is impossible");
  all = t.children(slice("[]struct {}", structure("struct {}", {})), {0x2000, ~0ull, ~0ull});
  CHECK(all.size() == 1 << 24);
  CHECK(all.problem == "only the first 16777216 of 18446744073709551615 elements are listed");
  CHECK(t.list(t.children(array("[2]int", 2, integer()), {5})) == "[0]=5 [1]=<unreadable: 0x1008> ");
}
