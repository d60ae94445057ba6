#include "commands/parse.h"

#include "commands/help.h"
#include "commands/registry.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

Command sample() {
  Command c;
  c.name = "go-sample";
  c.schema = "lldb-go/sample/1";
  c.summary = "a sample";
  c.details = "Does nothing.";
  c.arguments = {{"ADDRESS", "where"}};
  c.options = {{"-g,--goroutine", "ID", "which", OptionSpec::Kind::number, {}, ""},
               {"--all", "", "every one", OptionSpec::Kind::flag, {}, "goroutine"}};
  return c;
}

Result<Options> parse(std::vector<std::string> words) {
  return parse_arguments(sample(), words);
}

}  // namespace

TEST_CASE("options in every spelling", "[parse]") {
  for (auto words : {std::vector<std::string>{"-g", "12"}, {"-g12"}, {"--goroutine", "12"}, {"--goroutine=12"}}) {
    auto o = parse(words);
    REQUIRE(o);
    CHECK(o->number("goroutine") == 12u);
    CHECK_FALSE(o->has("all"));
  }
  auto o = parse({"--json", "0x1000", "--color", "never", "--all"});
  REQUIRE(o);
  CHECK(o->has("json"));
  CHECK(o->has("all"));
  CHECK(o->text("color") == "never");
  CHECK(o->text("ADDRESS") == "0x1000");
  CHECK_FALSE(o->number("goroutine"));
}

TEST_CASE("a wrong command line is an error with a hint", "[parse]") {
  struct Case {
    std::vector<std::string> words;
    std::string part;
  };
  for (const Case& c : {Case{{"--nothing"}, "--nothing"}, Case{{"-g"}, "goroutine"}, Case{{"-g", "x"}, "'x'"},
                        Case{{"-g", "-1"}, "goroutine"}, Case{{"-g", "99999999999999999999"}, "whole number"},
                        Case{{"-g", "1", "--all"}, "--all"}, Case{{"--color", "blue"}, "auto, always, never"},
                        Case{{"0x1", "0x2"}, "0x2"}, Case{{"--all=\x1b[2J"}, "go-sample"}}) {
    CAPTURE(c.words);
    auto o = parse(c.words);
    REQUIRE_FALSE(o);
    CHECK(o.error().code == Errc::invalid_argument);
    CHECK(o.error().message.find("go-sample: ") == 0);
    CHECK(o.error().message.find(c.part) != std::string::npos);
    CHECK(o.error().message.find('\n') == std::string::npos);
    CHECK(o.error().hint == "see go-sample --help");
  }
}

TEST_CASE("--help wins over a wrong rest", "[parse]") {
  auto o = parse({"--nothing", "-h"});
  REQUIRE(o);
  CHECK(o->has("help"));
}

TEST_CASE("help is generated from the declaration", "[help]") {
  CHECK(usage(sample()) == "go-sample [ADDRESS] [-g ID | --all] [--json] [--color WHEN]");
  CHECK(render(help(sample(), 60), false) ==
        "go-sample - a sample\n"
        "\n"
        "usage: go-sample [ADDRESS] [-g ID | --all] [--json] [--color\n"
        "                  WHEN]\n"
        "\n"
        "Does nothing.\n"
        "\n"
        "arguments\n"
        "  ADDRESS                 where\n"
        "\n"
        "options\n"
        "  -g, --goroutine ID      which\n"
        "  --all                   every one\n"
        "  --json                  one JSON object instead of text\n"
        "  --color WHEN            colours: auto (as LLDB's\n"
        "                          use-color, NO_COLOR and TERM say),\n"
        "                          always or never\n"
        "  -h, --help              this text\n"
        "\n"
        "JSON schema: lldb-go/sample/1\n");
}

TEST_CASE("every command is declared completely", "[help]") {
  REQUIRE(all_commands().size() >= 3);
  for (const Command* c : all_commands()) {
    CAPTURE(c->name);
    CHECK(c->name.substr(0, 3) == "go-");
    CHECK(c->schema.substr(0, 8) == "lldb-go/");
    CHECK_FALSE(c->summary.empty());
    CHECK(c->summary.size() < 80);
    CHECK_FALSE(c->details.empty());
    CHECK_FALSE(c->example.empty());
    CHECK(c->run != nullptr);
    CHECK(parse_arguments(*c, {}));
    for (const Line& line : help(*c, 100).lines()) CHECK(line.columns() <= 100);
  }
}
