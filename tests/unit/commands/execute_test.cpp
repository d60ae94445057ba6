#include "commands/execute.h"

#include <cstdlib>

#include "commands/registry.h"
#include "tests/unit/catch.h"
#include "tests/unit/commands/fake_host.h"

using namespace lldbgo;
using test::FakeHost;

namespace {

Result<Output> answer(Context& context, const Options&) {
  Output out;
  if (context.json()) out.json["value"] = "\xff";
  out.text.line("width ").add(std::to_string(context.width()), Style::number);
  context.problem("one word was unreadable");
  context.problem("one word was unreadable");
  return out;
}

Command sample(Result<Output> (*run)(Context&, const Options&) = answer) {
  Command c;
  c.name = "go-sample";
  c.schema = "lldb-go/sample/1";
  c.summary = "a sample";
  c.run = run;
  return c;
}

/// For the length of a test; "" removes it.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    *value == '\0' ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Environment() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace

TEST_CASE("the schema comes first and problems last, and odd bytes do not throw", "[execute]") {
  FakeHost host;
  Reply r = execute(sample(), host, {"--json"});
  CHECK(r.ok);
  CHECK(r.error.empty());
  CHECK(r.output ==
        "{\"schema\":\"lldb-go/sample/1\",\"value\":\"\xef\xbf\xbd\",\"problems\":[\"one word was unreadable\"]}\n");
}

TEST_CASE("text ends with the problems as warnings", "[execute]") {
  FakeHost host;
  CHECK(execute(sample(), host, {}).output == "width 100\nwarning: one word was unreadable\n");
  host.columns = 132;
  CHECK(execute(sample(), host, {}).output.find("width 132\n") == 0);
  host.columns = 3;
  CHECK(execute(sample(), host, {}).output.find("width 40\n") == 0);
}

TEST_CASE("colour: the option, then the host, NO_COLOR and TERM", "[execute]") {
  Environment no_color("NO_COLOR", ""), term("TERM", "xterm");
  FakeHost host;
  auto colored = [&](std::vector<std::string> words) {
    return execute(sample(), host, words).output.find('\x1b') != std::string::npos;
  };
  CHECK_FALSE(colored({}));
  CHECK(colored({"--color", "always"}));
  host.colored = true;
  CHECK(colored({}));
  CHECK_FALSE(colored({"--color", "never"}));
  CHECK_FALSE(colored({"--json", "--color", "always"}));
  {
    Environment set("NO_COLOR", "1");
    CHECK_FALSE(colored({}));
    CHECK(colored({"--color=always"}));
  }
  Environment dumb("TERM", "dumb");
  CHECK_FALSE(colored({}));
}

TEST_CASE("errors say what, why and what to do; as JSON too", "[execute]") {
  FakeHost host;
  for (const Command* c : all_commands()) {
    CAPTURE(c->name);
    if (c == &go_bridge_command()) continue;  // needs no target: bridge_test.cpp
    Reply r = execute(*c, host, {});
    CHECK_FALSE(r.ok);
    CHECK(r.output.empty());
    CHECK(r.error == "target: there is none; load a program with `target create FILE`");
    r = execute(*c, host, {"--json"});
    CHECK_FALSE(r.ok);
    CHECK(r.output ==
          "{\"schema\":\"lldb-go/error/1\",\"code\":\"no_target\",\"message\":\"target: there is none\","
          "\"hint\":\"load a program with `target create FILE`\"}\n");
  }
}

TEST_CASE("a wrong option with --json still answers in JSON", "[execute]") {
  FakeHost host;
  Reply r = execute(sample(), host, {"--json", "--nothing"});
  CHECK_FALSE(r.ok);
  Json json = Json::parse(r.output);
  CHECK(json["schema"] == "lldb-go/error/1");
  CHECK(json["code"] == "invalid_argument");
  CHECK(json["hint"] == "see go-sample --help");
}

TEST_CASE("help needs no target", "[execute]") {
  FakeHost host;
  for (const Command* c : all_commands()) {
    Reply r = execute(*c, host, {"--help"});
    CHECK(r.ok);
    CHECK(r.output.find(std::string(c->name) + " - " + std::string(c->summary)) == 0);
  }
}
