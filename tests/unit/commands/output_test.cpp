#include "commands/output.h"
#include "commands/table.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("text of the target cannot steer the terminal", "[output]") {
  Document d;
  d.line("evil\x1b[2Jname\n", Style::function);
  CHECK(render(d, false) == "evil\\x1b[2Jname\\x0a\n");
  CHECK(render(d, true) == "\x1b[33mevil\\x1b[2Jname\\x0a\x1b[0m\n");
}

TEST_CASE("colour changes nothing but escape sequences, and no line ends in spaces", "[output]") {
  Document d;
  Line& line = d.line();
  line.add("a", Style::heading).pad(6).add("b").add("   ", Style::note);
  d.blank();
  d.line("c");
  CHECK(render(d, false) == "a     b\n\nc\n");
  CHECK(render(d, true) == "\x1b[1ma\x1b[0m     b\n\nc\n");
}

TEST_CASE("columns are code points", "[output]") {
  CHECK(columns_of("h\xc3\xa9llo") == 5);
  CHECK(shortened("h\xc3\xa9llo", 5) == "h\xc3\xa9llo");
  CHECK(shortened("h\xc3\xa9lloworld", 5) == "h\xc3\xa9...");
  CHECK(shortened("abcdef", 2) == "..");
  CHECK(shortened("abcdef", 0).empty());
}

TEST_CASE("wrapping breaks between pieces only", "[output]") {
  Document d = wrapped(Line("callers  "), {Line("aaaa"), Line("bbbb"), Line("cccc")}, " <- ", 9, 24);
  CHECK(render(d, false) == "callers  aaaa <- bbbb <-\n         cccc\n");
  CHECK(render(wrapped(Line("x"), {}, " ", 0, 10), false) == "x\n");
  CHECK(render(wrapped(Line("> "), {Line("longer than the width")}, " ", 2, 8), false) == "> longer than the width\n");
}

TEST_CASE("a table aligns its columns and leaves empty ones out", "[output]") {
  Table t({{"name"}, {"empty"}, {"n", Table::Align::right}});
  t.row({Line("a"), Line(), Line("1")});
  t.note(Line("... more"));
  t.row({Line("long name"), Line(), Line("1000")});
  CHECK(render(t.lines(2), false) ==
        "  name          n\n"
        "  a             1\n"
        "  ... more\n"
        "  long name  1000\n");
}
