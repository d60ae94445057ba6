#include "core/base/text.h"

#include "core/base/error.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("printable: nothing that steers a terminal passes, everything readable does") {
  struct Row {
    const char* name;
    std::string raw, expected;
  };
  const Row rows[] = {
      {"a Go name", "main.(*T[go.shape.int]).m·f-fm", "main.(*T[go.shape.int]).m·f-fm"},
      {"other scripts", "päckchen/世界.Ω", "päckchen/世界.Ω"},
      {"four bytes", "😀", "😀"},
      {"empty", "", ""},
      {"NUL", std::string("a\0b", 3), "a\\x00b"},
      {"newline and tab", "a\nb\tc\r", "a\\x0ab\\x09c\\x0d"},
      {"clear the screen", "\x1b[2J", "\\x1b[2J"},
      {"window title", "\x1b]0;x\x07", "\\x1b]0;x\\x07"},
      {"DEL", "\x7f", "\\x7f"},
      {"C1 control sequence introducer in UTF-8", "\xc2\x9b[2J", "\\xc2\\x9b[2J"},
      {"C1 as a bare byte", "\x9b[2J", "\\x9b[2J"},
      {"right-to-left override", "a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb"},
      {"bidirectional isolate", "\xe2\x81\xa6", "\\xe2\\x81\\xa6"},
      {"Arabic letter mark", "\xd8\x9c", "\\xd8\\x9c"},
      {"zero width", "\xe2\x80\x8b", "\\xe2\\x80\\x8b"},
      {"byte order mark", "\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
      {"line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8"},
      {"cut rune", "a\xe4\xb8", "a\\xe4\\xb8"},
      {"continuation without a start", "\x80x", "\\x80x"},
      {"overlong slash", "\xc0\xaf", "\\xc0\\xaf"},
      {"overlong, three bytes", "\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
      {"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
      {"beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
      {"bytes that are in no UTF-8", "\xfe\xff", "\\xfe\\xff"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(printable(row.raw) == row.expected);
  }
}

TEST_CASE("printable cuts long names") {
  CHECK(printable("abcdef", 3) == "abc...");
  CHECK(printable("abc", 3) == "abc");
  CHECK(printable("abcdef", 0) == "...");
  CHECK(printable(std::string(1 << 20, 'x')).size() == 4096 + 3);
  // A cut in the middle of a rune leaves bytes that are no text.
  CHECK(printable("ä", 1) == "\\xc3...");
}

TEST_CASE("safe_json: the same value for a parser, nothing for a terminal to obey") {
  CHECK(safe_json("{\"a\":\"\\u001b[2J ä😀\"}") == "{\"a\":\"\\u001b[2J ä😀\"}");
  CHECK(safe_json("\"\xc2\x9b[2J\"") == "\"\\u009b[2J\"");
  CHECK(safe_json("\"\x7f \xe2\x80\xae\"") == "\"\\u007f \\u202e\"");
}

TEST_CASE("go_quote writes what %q writes") {
  struct Row {
    const char* name;
    std::string raw, expected;
  };
  const Row rows[] = {
      {"plain", "hello", R"("hello")"},
      {"empty", "", R"("")"},
      {"quote and backslash", R"(a"b\c)", R"("a\"b\\c")"},
      {"named controls", "\a\b\f\n\r\t\v", R"("\a\b\f\n\r\t\v")"},
      {"other controls", std::string("\0\x1b\x7f", 3), R"("\x00\x1b\x7f")"},
      {"C1", "\xc2\x85", R"("\u0085")"},
      {"invalid", "\xff\xc3", R"("\xff\xc3")"},
      {"text", "世界 😀", "\"世界 😀\""},
      {"byte order mark", "\xef\xbb\xbf", R"("\ufeff")"},
      {"single quote", "'", R"("'")"},
      {"blanks", "\xc2\xa0\xe2\x80\x83\xe3\x80\x80", R"("\u00a0\u2003\u3000")"},
      {"private and no characters", "\xee\x80\x80\xef\xbf\xbf\xf3\xb0\x80\x80", R"("\ue000\uffff\U000f0000")"},
      {"replacement character", "\xef\xbf\xbd", "\"\xef\xbf\xbd\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    CHECK(go_quote(row.raw) == row.expected);
  }
  CHECK(go_quote("ab", true) == "\"ab\"...");
}

TEST_CASE("hex") {
  CHECK(hex(0) == "0x0");
  CHECK(hex(0xc000ABCDEF) == "0xc000abcdef");
  CHECK(hex(~std::uint64_t{0}) == "0xffffffffffffffff");
  CHECK(signed_hex(0) == "+0x0");
  CHECK(signed_hex(31) == "+0x1f");
  CHECK(signed_hex(-16) == "-0x10");
  CHECK(signed_hex(INT64_MIN) == "-0x8000000000000000");
  CHECK(signed_hex(INT64_MAX) == "+0x7fffffffffffffff");
}

TEST_CASE("an error tells where, what and what to do") {
  Error e{Errc::truncated, "functab: ends after 3 of 10 entries", "is the file complete?", {}};
  CHECK(e.text() == "functab: ends after 3 of 10 entries; is the file complete?");
  Error outer = std::move(e).in("pclntab").in("/tmp/x");
  CHECK(outer.text() == "/tmp/x: pclntab: functab: ends after 3 of 10 entries; is the file complete?");
  CHECK(std::string(errc_name(outer.code)) == "truncated");

  Result<int> failed = fail(Errc::not_found, "x: nowhere");
  REQUIRE_FALSE(failed);
  Result<std::string> passed = pass(failed);
  CHECK(passed.error().text() == "x: nowhere");
}
