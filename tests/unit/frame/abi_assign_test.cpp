// Rows of cmd/compile/abi-internal.md and of what `go build -gcflags=-S` shows.
#include "core/frame/abi_assign.h"

#include <string>

#include "tests/unit/catch.h"
#include "tests/unit/values/go_types.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

TypePtr ints(const char* name, int n) {
  static const char* const kFields[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  std::vector<std::pair<const char*, TypePtr>> fields;
  for (int i = 0; i < n; ++i) fields.emplace_back(kFields[i], integer("int64"));
  return structure(name, fields);
}

/// "AX BX @24": registers and home or spill slot; "stack@0"; "X0 -": no home.
std::string describe(const AbiPlace& p) {
  std::string out;
  for (const AbiWord& w : p.words) (out += w.reg.go_name()) += ' ';
  if (out.empty()) out.assign("stack");
  out += p.offset_fp ? '@' : '-';
  if (p.offset_fp) out += std::to_string(*p.offset_fp);
  return out;
}

struct Value {
  TypePtr type;
  const char* expected;
  bool result = false;
};

struct Case {
  const char* name;
  std::vector<Value> values;
  std::int64_t size;
  bool registers = true;
};

const TypePtr kBytes = slice("[]uint8", unsigned_integer("uint8", 1));
const TypePtr kComplex = scalar(TypeKind::complex, "complex128", 16, 8);
const TypePtr kEmpty = structure("struct {}", {});

std::vector<Value> many(int n, const TypePtr& type, const char* const* expected) {
  std::vector<Value> out;
  for (int i = 0; i < n; ++i) out.push_back({type, expected[i]});
  return out;
}

constexpr const char* kSixteenFloats[] = {"X0 @8",    "X1 @16",   "X2 @24",   "X3 @32", "X4 @40",  "X5 @48",
                                          "X6 @56",   "X7 @64",   "X8 @72",   "X9 @80", "X10 @88", "X11 @96",
                                          "X12 @104", "X13 @112", "X14 @120", "stack@0"};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"one int", {{integer(), "AX @0"}}, 8},
      {"regs(a int, s string, f float64, b []byte)",
       {{integer(), "AX @0"}, {string(), "BX CX @8"}, {float64(), "X0 @24"}, {kBytes, "DI SI R8 @32"}},
       56},
      {"a struct of nine int64 fills the registers",
       {{ints("main.Nine", 9), "AX BX CX DI SI R8 R9 R10 R11 @0"},
        {ints("main.Nine", 9), "AX BX CX DI SI R8 R9 R10 R11 -", true}},
       72},
      {"a struct of ten goes through the stack, argument and result",
       {{ints("main.Ten", 10), "stack@0"}, {ints("main.Ten", 10), "stack@80", true}},
       160},
      {"rollback: what did not fit leaves its registers to the next",
       {{ints("main.Eight", 8), "AX BX CX DI SI R8 R9 R10 @16"}, {string(), "stack@0"}, {integer(), "R11 @80"}},
       88},
      {"floats have their own registers",
       {{float64(), "X0 @0"}, {integer(), "AX @8"}, {float32(), "X1 @16"}, {boolean(), "BX @20"}},
       24},
      {"complex is two floats", {{kComplex, "X0 X1 @0"}, {kComplex, "X0 X1 -", true}}, 16},
      {"the sixteenth float", many(16, float64(), kSixteenFloats), 128},
      {"interface and error", {{any(), "AX BX @0"}, {error(), "AX BX -", true}}, 16},
      {"an array of one is its element", {{array("[1]int", 1, integer()), "AX @0"}}, 8},
      {"an array of two is on the stack", {{array("[2]int", 2, integer()), "stack@0"}, {integer(), "AX @16"}}, 24},
      {"an array of two inside a struct",
       {{structure("main.S", {{"n", integer()}, {"a", array("[2]uint8", 2, unsigned_integer("uint8", 1))}}),
         "stack@0"}},
       16},
      {"size 0 is on the stack and costs nothing", {{kEmpty, "stack@0"}, {integer(), "AX @0"}}, 8},
      {"an array of zero", {{array("[0]int", 0, integer()), "stack@0"}, {boolean(), "AX @0"}}, 8},
      {"nested structs and blanks count",
       {{structure("main.O", {{"_", boolean()},
                              {"in", structure("main.I", {{"x", integer("int8", 1)}, {"f", float32()}})},
                              {"p", pointer("*int")}}),
         "AX BX X0 CX @0"}},
       24},
      {"spill slots at natural alignment",
       {{boolean(), "AX @0"}, {integer("int16", 2), "BX @2"}, {integer(), "CX @8"}},
       16},
      {"stack argument, stack result, then the spill area",
       {{array("[3]uint8", 3, unsigned_integer("uint8", 1)), "stack@0"},
        {integer(), "AX @16"},
        {array("[2]uint8", 2, unsigned_integer("uint8", 1)), "stack@8", true}},
       24},
      {"results start with fresh registers",
       {{integer(), "AX @0"}, {integer(), "AX -", true}, {string(), "BX CX -", true}},
       8},
      {"map, chan, func, unsafe.Pointer",
       {{scalar(TypeKind::map, "map[int]int", 8), "AX @0"},
        {scalar(TypeKind::channel, "chan int", 8), "BX @8"},
        {scalar(TypeKind::function, "func()", 8), "CX @16"},
        {scalar(TypeKind::unsafe_pointer, "unsafe.Pointer", 8), "DI @24"}},
       32},
      {"ABI0: Swap(a, b int) (int, int)",
       {{integer(), "stack@0"}, {integer(), "stack@8"}, {integer(), "stack@16", true}, {integer(), "stack@24", true}},
       32,
       false},
      {"ABI0: Foo(a bool, b int16) (c []byte)",
       {{boolean(), "stack@0"}, {integer("int16", 2), "stack@2"}, {kBytes, "stack@8", true}},
       32,
       false},
      {"ABI0: asmfunc(x int32) (int32, int32)",
       {{integer("int32", 4), "stack@0"},
        {integer("int32", 4), "stack@8", true},
        {integer("int32", 4), "stack@12", true}},
       16,
       false},
      {"nothing at all", {}, 0},
  };
  return all;
}

}  // namespace

TEST_CASE("calling convention") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    std::vector<AbiInput> inputs;
    for (const Value& v : c.values) inputs.push_back({v.type, v.result});
    auto layout = assign_abi(inputs, c.registers);
    REQUIRE(layout);
    CHECK(layout->size == c.size);
    REQUIRE(layout->places.size() == c.values.size());
    for (std::size_t i = 0; i < c.values.size(); ++i) {
      CAPTURE(i);
      CHECK(describe(layout->places[i]) == c.values[i].expected);
    }
  }
}

TEST_CASE("offsets of the register words in the value") {
  auto layout = assign_abi(
      std::vector<AbiInput>{{structure("main.M", {{"b", boolean()}, {"f", float32()}, {"s", string()}}), false}}, true);
  REQUIRE(layout);
  const auto& words = layout->places[0].words;
  REQUIRE(words.size() == 4);
  CHECK(words[0].size == 1);
  CHECK(words[1].offset == 4);
  CHECK(words[1].reg.xmm);
  CHECK(words[2].offset == 8);
  CHECK(words[3].offset == 16);
}

TEST_CASE("types that cannot be laid out are an error, not a guess") {
  CHECK(assign_abi(std::vector<AbiInput>{{scalar(TypeKind::unknown, "?", 8), false}}, true).error().code ==
        Errc::unsupported);
  CHECK(assign_abi(std::vector<AbiInput>{{nullptr, false}}, true).error().code == Errc::unsupported);
  auto huge = scalar(TypeKind::structure, "main.Huge", std::uint64_t{1} << 40, 8);
  CHECK(assign_abi(std::vector<AbiInput>{{huge, false}}, false).error().code == Errc::limit);
  // A struct that contains itself, as only a corrupt file can say.
  auto loop = std::make_shared<Type>(*scalar(TypeKind::structure, "main.Loop", 8));
  loop->fields.push_back({"self", 0, loop, false});
  CHECK(assign_abi(std::vector<AbiInput>{{loop, false}}, true).error().code == Errc::unsupported);
  loop->fields.clear();
}
