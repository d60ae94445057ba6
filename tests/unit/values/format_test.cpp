#include "core/values/format.h"

#include <bit>

#include "core/values/numbers.h"
#include "core/values/runtime_type.h"
#include "tests/unit/catch.h"
#include "tests/unit/values/fake_memory.h"
#include "tests/unit/values/go_types.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

ValueBytes words(const std::vector<std::uint64_t>& values) {
  ValueBytes out(values.size() * 8);
  for (std::size_t i = 0; i < values.size(); ++i) out.put_word(8 * i, values[i], 8);
  return out;
}

struct Target {
  FakeMemory memory;
  ValueContext context{memory, {}, {}, {}, nullptr};
  Target() {
    memory.put_text(LoadAddr(0x1000), "hello, world");
    memory.put_text(LoadAddr(0x2000), "caf\xc3\xa9\n\x1b[31m\xff\"");
    memory.put_words(LoadAddr(0x3000), {2, 7});       // a map or channel header
    memory.put_words(LoadAddr(0x4000), {0x401000});   // a closure
    memory.put_words(LoadAddr(0x5000), {0, 0x6000});  // an itab
    context.function_name = [](LoadAddr pc) { return pc == LoadAddr(0x401000) ? "main.f" : ""; };
    context.runtime_type = [](LoadAddr t) -> Result<RuntimeType> {
      if (t == LoadAddr(0x6000)) return RuntimeType{"main.T", scalar(TypeKind::unknown, "main.T", 8), false};
      if (t == LoadAddr(0x6100)) return RuntimeType{"*main.T", pointer("*main.T"), true};
      return fail(Errc::not_found, "");
    };
  }
  std::string value(const TypePtr& t, const std::vector<std::uint64_t>& v) {
    return format_value(context, *t, words(v));
  }
  std::string brief(const TypePtr& t, const std::vector<std::uint64_t>& v) {
    return format_brief(context, *t, words(v));
  }
};

std::uint64_t bits(double d) {
  return std::bit_cast<std::uint64_t>(d);
}
std::uint64_t bits(float f) {
  return std::bit_cast<std::uint32_t>(f);
}

}  // namespace

TEST_CASE("numbers") {
  // Upper bytes are junk, as in a register that carries a small integer.
  CHECK(format_signed(0xdeadbeefffffff80, 1) == "-128");
  CHECK(format_signed(0xffff, 2) == "-1");
  CHECK(format_signed(0x8000000000000000, 8) == "-9223372036854775808");
  CHECK(format_unsigned(0xdeadbeefffffff80, 1) == "128");
  CHECK(format_unsigned(~0ull, 8) == "18446744073709551615");
  // fmt.Println of Go 1.24 prints these.
  struct Row {
    double value;
    const char* go;
  };
  const Row rows[] = {
      {0, "0"},         {2.5, "2.5"},    {-0.0, "-0"}, {1e20, "100000000000000000000"}, {1e21, "1e+21"},
      {1e-4, "0.0001"}, {1e-5, "1e-05"}, {0.1, "0.1"}, {1.5e300, "1.5e+300"},           {123456789, "123456789"},
      {3, "3"}};
  for (const Row& r : rows) {
    CAPTURE(r.go);
    CHECK(format_float(bits(r.value), 8) == r.go);
  }
  CHECK(format_float(bits(0.1f), 4) == "0.1");
  CHECK(format_float(bits(16777216.0f), 4) == "16777216");
  CHECK(format_float(0x7ff0000000000000, 8) == "+Inf");
  CHECK(format_float(0xfff0000000000000, 8) == "-Inf");
  CHECK(format_float(0x7ff8000000000001, 8) == "NaN");
}

TEST_CASE("values as text") {
  Target t;
  CHECK(t.value(integer(), {static_cast<std::uint64_t>(-7)}) == "-7");
  CHECK(t.value(unsigned_integer("uint8", 1), {0xffffff41}) == "65");
  CHECK(t.value(boolean(), {0xff00}) == "false");
  CHECK(t.value(boolean(), {1}) == "true");
  CHECK(t.value(boolean(), {2}) == "true (0x2)");
  CHECK(t.value(float64(), {bits(2.5)}) == "2.5");
  CHECK(t.value(scalar(TypeKind::complex, "complex128", 16, 8), {bits(1.0), bits(-2.0)}) == "(1-2i)");
  CHECK(t.value(string(), {0x1000, 5}) == "\"hello\"");
  CHECK(t.value(string(), {0, 0}) == "\"\"");
  CHECK(t.value(slice("[]uint8", unsigned_integer("uint8", 1)), {0x1000, 3, 4}) == "len=3 cap=4");
  CHECK(t.value(slice("[]uint8", unsigned_integer("uint8", 1)), {0x1000, 10, 4}) ==
        "<unavailable: no slice has len=10 cap=4>");
  CHECK(t.brief(slice("[]uint8", unsigned_integer("uint8", 1)), {0x1000, 3, 4}) == "[]uint8 len 3");
  CHECK(t.value(pointer("*int"), {0xc000012345}) == "0xc000012345");
  CHECK(t.value(pointer("*int"), {0}) == "nil");
  CHECK(t.value(scalar(TypeKind::map, "map[string]int", 8), {0x3000}) == "len=2");
  CHECK(t.value(scalar(TypeKind::channel, "chan int", 8), {0x3000}) == "len=2 cap=7");
  CHECK(t.value(scalar(TypeKind::channel, "chan int", 8), {0}) == "nil");
  CHECK(t.brief(scalar(TypeKind::map, "map[string]int", 8), {0x3000}) == "map[string]int len 2");
  CHECK(t.brief(scalar(TypeKind::channel, "chan int", 8), {0x3000}) == "chan int len 2");
  CHECK(t.value(scalar(TypeKind::function, "func()", 8), {0x4000}) == "main.f");
  CHECK(t.value(scalar(TypeKind::function, "func()", 8), {0x3000}) == "0x2");
  CHECK(t.value(any(), {0, 0}) == "nil");
  CHECK(t.value(any(), {0x6000, 0x1000}) == "main.T {...}");
  CHECK(t.value(any(), {0x6100, 0x1000}) == "*main.T 0x1000");
  t.context.runtime_type = [](LoadAddr d) -> Result<RuntimeType> {
    if (d == LoadAddr(0x6000)) return RuntimeType{"int16", integer("int16", 2), false};
    return RuntimeType{"string", string(), false};
  };
  CHECK(t.value(any(), {0x6000, 0x3008}) == "int16 7");
  t.memory.put_words(LoadAddr(0x7000), {0x1000, 5});
  CHECK(t.value(any(), {0x6100, 0x7000}) == "string \"hello\"");
  CHECK(t.value(any(), {0x6000, 0xdead}) == "int16 <unreadable: 0xdead>");
  t.context.runtime_type = [](LoadAddr) -> Result<RuntimeType> {
    return RuntimeType{"main.T", scalar(TypeKind::unknown, "main.T", 8), false};
  };
  CHECK(t.value(error(), {0x5000, 0x1000}) == "main.T {...}");
  CHECK(t.value(array("[2]int", 2, integer()), {1, 2}) == "{1, 2}");
  CHECK(t.value(structure("main.P", {{"X", integer()}, {"B", boolean()}}), {3, 1}) == "{X: 3, B: true}");
}

TEST_CASE("text of the target cannot steer the terminal") {
  Target t;
  CHECK(t.value(string(), {0x2000, 13}) == R"("café\n\x1b[31m\xff\"")");
}

TEST_CASE("long values are cut") {
  Target t;
  CHECK(t.brief(string(), {0x1000, 5}) == "\"hello\"");
  t.memory.put_text(LoadAddr(0x8000), std::string(1000, 'a'));
  CHECK(t.brief(string(), {0x8000, 1000}) == "\"" + std::string(32, 'a') + "\"...");
  // A cut in the middle of a character drops the character.
  t.memory.put_text(LoadAddr(0x9000), std::string(31, 'a') + "\xc3\xa9" + std::string(20, 'b'));
  CHECK(t.brief(string(), {0x9000, 53}) == "\"" + std::string(31, 'a') + "\"...");
  CHECK(t.brief(array("[6]int", 6, integer()), {1, 2, 3, 4, 5, 6}) == "{1, 2, 3, 4, ...}");
}

TEST_CASE("what is missing or impossible is said, never guessed") {
  Target t;
  ValueBytes half(16);
  half.put_word(0, 0x1000, 8);
  half.why_missing = "BX is not known in this frame";
  CHECK(format_value(t.context, *string(), half) == "<unavailable: BX is not known in this frame>");
  CHECK(format_value(t.context, *integer(), ValueBytes(8)) == "<unavailable: not available>");
  CHECK(t.value(string(), {0xdead0000, 5}) == "<unreadable: 0xdead0000>");
  CHECK(t.value(string(), {0x1000, ~0ull}) == "<unavailable: length -1 is impossible>");
  CHECK(t.value(string(), {0x1000, 1000}) == "\"hello, world\"...");  // the block ends after 12 bytes
  CHECK(t.value(scalar(TypeKind::unknown, "main.X", 8), {1}) == "<unavailable: type of unknown layout>");
  CHECK(t.value(any(), {0x7777, 0}) == "<unavailable: no type at 0x7777>");
}

TEST_CASE("a type that only the running program has") {
  Target t;
  // internal/abi.Type: size, pointer bytes, then hash, tflag, align, field align and kind in one word.
  auto with = [&](std::uint64_t size, std::uint64_t pointer_bytes, std::uint64_t align, std::uint64_t kind) {
    t.memory.put_words(LoadAddr(0x7000), {size, pointer_bytes, 0x1234 | align << 40 | align << 48 | kind << 56, 0, 0, 0});
    return t.value(any(), {0x7000, 0x1000});
  };
  CHECK(with(24, 8, 8, 25) == "<type at 0x7000> {...}");
  CHECK(with(8, 8, 8, 0x20 | 22) == "<type at 0x7000> {...}");
  constexpr const char* kNone = "<unavailable: no type at 0x7000>";
  CHECK(with(24, 32, 8, 25) == kNone);
  CHECK(with(24, 8, 0, 25) == kNone);
  CHECK(with(24, 8, 3, 25) == kNone);
  CHECK(with(24, 8, 8, 0) == kNone);
  CHECK(with(24, 8, 8, 27) == kNone);
  CHECK(with(~0ull, 8, 8, 25) == kNone);
}

TEST_CASE("names of runtime type descriptors") {
  FakeMemory memory;
  RuntimeTypes types{{LoadAddr(0x10000), LoadAddr(0x20000)}, true, false, {}};
  auto descriptor = [&](LoadAddr at, std::uint8_t tflag, std::uint32_t str) {
    std::vector<std::byte> bytes(48);
    bytes[20] = static_cast<std::byte>(tflag);
    for (unsigned i = 0; i < 4; ++i) bytes[40 + i] = static_cast<std::byte>(str >> (8 * i));
    memory.put(at, bytes);
  };
  descriptor(LoadAddr(0x11000), 2, 0x500);  // TFlagExtraStar
  descriptor(LoadAddr(0x11100), 0, 0x500);
  descriptor(LoadAddr(0x11200), 0, 0xffffff);
  memory.put_text(LoadAddr(0x10500), std::string("\x01\x07*main.T", 9));
  CHECK(RuntimeTypeReader(memory, types).read(LoadAddr(0x11000)).value().name == "main.T");
  CHECK(RuntimeTypeReader(memory, types).read(LoadAddr(0x11100)).value().name == "*main.T");
  CHECK(RuntimeTypeReader(memory, types).read(LoadAddr(0x11200)).error().code == Errc::malformed);
  CHECK(RuntimeTypeReader(memory, types).read(LoadAddr(0x30000)).error().code == Errc::not_found);
  CHECK(RuntimeTypeReader(memory, types).read(LoadAddr(0x12000)).error().code == Errc::unreadable);
  // Up to Go 1.16 the length is two bytes, the high one first.
  types.varint_names = false;
  memory.put_text(LoadAddr(0x10500), std::string("\x01\x00\x07*main.T", 10));
  CHECK(RuntimeTypeReader(memory, types).read(LoadAddr(0x11100)).value().name == "*main.T");
}
