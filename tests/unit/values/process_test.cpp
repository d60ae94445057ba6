// A real process of every Go version, which prints the text of its own variables (tests/fixtures/kinds/print.go).
#include <algorithm>
#include <set>

#include "core/values/value_reader.h"
#include "tests/support/child_process.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

struct Build {
  const char* version;
  const char* kind;
};
constexpr Build kBuilds[] = {
    {"1.15", "opt"}, {"1.19", "opt"},   {"1.21", "opt"},        {"1.22", "opt"},        {"1.23", "opt"},
    {"1.24", "opt"}, {"1.25", "opt"},   {"1.26", "opt"},        {"1.27", "opt"},        {"1.15", "pie"},
    {"1.27", "pie"}, {"1.19", "noopt"}, {"1.24", "noswissmap"}, {"1.25", "noswissmap"},
};

struct Subject {
  std::unique_ptr<testing::ChildProcess> child;
  std::unique_ptr<GoProcess> process;
};

std::optional<Subject> start(const Build& build) {
  auto path = testing::fixture("tests/fixtures/kinds", build.version, build.kind);
  if (!path) {
    WARN("Go " << build.version << " is not to be had");
    return {};
  }
  auto child = testing::ChildProcess::start(*path, "wait", "END");
  REQUIRE(child);
  auto images = (*child)->images();
  REQUIRE(images.size() == 1);
  auto image = GoImage::open(*path);
  REQUIRE(image);
  Subject out{std::move(*child), nullptr};
  out.process = std::make_unique<GoProcess>(*image, *images[0].slide, *out.child, *out.child, *out.child);
  return out;
}

GoValue global(Subject& s, std::string_view name) {
  auto found = s.process->image().dwarf()->global(name);
  INFO(name);
  REQUIRE(found);
  return {found->type, s.process->to_load(found->address), {}};
}

/// "main.m", then ".x", "[1]" or `["a]"]` one by one.
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> out;
  std::size_t from = 0;
  bool quoted = false, inside = false;
  for (std::size_t i = std::string("main.").size(); i < path.size(); ++i) {
    char c = path[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ']') {
      inside = false;
    } else if (!quoted && !inside && (c == '.' || c == '[')) {
      out.push_back(path.substr(from, i - from));
      from = i;
      inside = c == '[';
    }
  }
  out.push_back(path.substr(from));
  return out;
}

std::optional<GoValue> resolve(Subject& s, const ValueReader& reader, const std::string& path) {
  auto parts = parts_of(path);
  GoValue at = global(s, parts[0]);
  std::optional<GoValue> key;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::string name = parts[i][0] == '.' ? parts[i].substr(1) : parts[i];
    if (key) {
      if (name == "key") at = *key;
      if (name != "key" && name != "value") return {};
      key.reset();
      continue;
    }
    Children children = reader.children(at);
    auto index = children.index_of(name);
    if (!index) return {};
    Child child = children.at(*index);
    at = child.value;
    key = child.key;
  }
  return at;
}

}  // namespace

TEST_CASE("a program's variables read as it prints them") {
  for (const Build& build : kBuilds) {
    INFO(build.version << " " << build.kind);
    auto s = start(build);
    if (!s) continue;
    ValueReader reader(*s->process);
    std::size_t checked = 0;
    for (const std::string& line : s->child->output()) {
      std::size_t equals = line.find(" = ");
      if (!line.starts_with("VALUE ") || equals == line.npos) continue;
      std::string name = line.substr(6, equals - 6), text = line.substr(equals + 3);
      INFO(name);
      auto value = resolve(*s, reader, name);
      CHECK(value);
      if (!value) continue;
      CHECK(reader.summary(*value) == text);
      ++checked;
    }
    CHECK(checked > 1000);
  }
}

TEST_CASE("a map's children are its entries, each once") {
  for (const Build& build : kBuilds) {
    INFO(build.version << " " << build.kind);
    auto s = start(build);
    if (!s) continue;
    ValueReader reader(*s->process);
    for (auto [name, count] : {std::pair("main.gGrowing", 840u), {"main.gShrunk", 43u}, {"main.gEmptyMap", 0u}}) {
      INFO(name);
      Children children = reader.children(global(*s, name));
      CHECK(children.problem == "");
      std::set<std::string> names;
      for (std::size_t i = 0; i < children.size(); ++i) names.insert(children.at(i).name);
      CHECK(names.size() == count);
      CHECK(children.size() == count);
    }
  }
}

TEST_CASE("a runtime.g reads as its state") {
  for (const Build& build : kBuilds) {
    INFO(build.version << " " << build.kind);
    auto s = start(build);
    if (!s) continue;
    ValueReader reader(*s->process);
    Children all = reader.children(global(*s, "runtime.allgs"));
    REQUIRE(all.size() >= 3);
    std::set<std::string> texts;
    for (std::size_t i = 0; i < all.size(); ++i)
      texts.insert(reader.summary(reader.children(all.at(i).value).at(0).value).substr(10));
    bool parked = false;
    for (const std::string& text : texts) parked = parked || text.ends_with("[chan receive]");
    CHECK(parked);
    // What the runtime's own goroutine does at that moment is not the program's to say.
    CHECK(std::any_of(texts.begin(), texts.end(), [](const std::string& text) { return text.starts_with("2 ["); }));
  }
}
