// The commands as a whole, over the memory of a program that never ran (tests/support/fake_runtime.h).
#include "commands/execute.h"
#include "commands/registry.h"
#include "tests/support/fake_runtime.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

/// Main goroutine 1 stopped in main.frames on the selected thread, goroutine 2 waiting there.
class RuntimeHost : public Host {
 public:
  static std::unique_ptr<RuntimeHost> make(const std::string& version, const std::string& variant) {
    auto path = testing::sample(version, variant);
    if (!path) return nullptr;
    auto runtime = testing::FakeRuntime::open(*path);
    REQUIRE(runtime);
    auto host = std::make_unique<RuntimeHost>();
    host->runtime = std::move(*runtime);
    testing::FakeRuntime& r = *host->runtime;
    Goroutine main = r.add_goroutine(1, GStatus::running);
    r.add_machine(testing::FakeRuntime::kThread, main);
    host->chain = r.plain_chain(main);
    r.stop_at(testing::FakeRuntime::kThread, host->chain.back());
    r.target().select(testing::FakeRuntime::kThread);

    Goroutine waiting = r.add_goroutine(2);
    auto other = r.plain_chain(waiting);
    r.set_sched(waiting, {other.back().pc, other.back().sp, other.back().bp});
    auto scheduler = Scheduler::open(r.process());
    REQUIRE(scheduler);
    host->scheduler_ = std::move(*scheduler);
    return host;
  }

  std::unique_ptr<testing::FakeRuntime> runtime;
  std::vector<testing::MadeFrame> chain;  ///< innermost last
  int interrupt_after = -1;               ///< questions that are answered with no
  std::optional<SelectedFrame> selected;

  unsigned width() override { return 0; }
  bool color() override { return false; }
  bool interrupted() override { return interrupt_after >= 0 && interrupt_after-- == 0; }
  Result<std::shared_ptr<const GoImage>> image() override { return runtime->process().shared_image(); }
  Result<GoProcess*> process() override { return &runtime->process(); }
  Result<const Scheduler*> scheduler() override { return scheduler_.get(); }
  std::optional<ProcessInfo> process_info() override { return ProcessInfo{4711, ProcessKind::core}; }
  std::optional<SelectedFrame> selected_frame() override { return selected; }

 private:
  std::unique_ptr<Scheduler> scheduler_;
};

Json json(const Command& command, RuntimeHost& host, std::vector<std::string> words) {
  words.emplace_back("--json");
  Reply r = execute(command, host, words);
  INFO(r.error << r.output);
  REQUIRE(r.ok);
  REQUIRE(r.output.find('\n') == r.output.size() - 1);
  return Json::parse(r.output);
}

std::string text(const Command& command, RuntimeHost& host, std::vector<std::string> words) {
  Reply r = execute(command, host, words);
  INFO(r.error);
  REQUIRE(r.ok);
  return r.output;
}

template <class Body>
void each_version(Body body) {
  for (const std::string& version : testing::sample_versions()) {
    for (const char* variant : {"plain", "stripped"}) {
      CAPTURE(version, variant);
      auto host = RuntimeHost::make(version, variant);
      if (!host) {
        WARN("no sample of Go " << version << ": skipped");
        continue;
      }
      body(version, *host);
    }
  }
}

}  // namespace

TEST_CASE("go-info of every version", "[run]") {
  each_version([](const std::string& version, RuntimeHost& host) {
    Json info = json(go_info_command(), host, {});
    std::vector<std::string> keys;
    for (const auto& [key, value] : info.items()) keys.push_back(key);
    std::vector<std::string> contract = {
        "schema", "go_version", "go_version_source", "support", "path", "build_mode", "stripped",
        "dwarf",  "cgo",        "functions",         "pclntab", "text", "settings"};
    REQUIRE(keys.size() > contract.size());
    CHECK(std::vector<std::string>(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(contract.size())) ==
          contract);
    CHECK(info["schema"] == "lldb-go/info/1");
    std::string go = info["go_version"];
    CHECK(go.rfind("go" + version, 0) == 0);
    CHECK(info["build_mode"] == "exe");
    CHECK(info["functions"] > 1000);
    CHECK((info["dwarf"] == 0) == info["stripped"].get<bool>());
    CHECK(info["process"] == Json{{"pid", 4711}, {"kind", "core"}, {"goroutines", 2}});
    CHECK(info["bridge"]["active"] == false);
    CHECK(text(go_info_command(), host, {}).find("Go          " + go) == 0);
  });
}

TEST_CASE("go-bt of the selected thread, frame by frame", "[run]") {
  each_version([](const std::string&, RuntimeHost& host) {
    Json bt = json(go_bt_command(), host, {});
    REQUIRE(bt["stacks"].size() == 1);
    const Json& stack = bt["stacks"][0];
    CHECK(stack["goroutine"] == 1);
    CHECK(stack["status"] == "running");
    CHECK(stack["thread"] == 4711);
    CHECK(stack["end"]["kind"] == "top");
    std::vector<Json> physical;
    for (const Json& f : stack["frames"]) {
      CHECK(f["index"] == &f - &stack["frames"][0]);
      if (!f["inlined"].get<bool>()) physical.push_back(f);
    }
    REQUIRE(physical.size() == host.chain.size());
    for (std::size_t i = 0; i < physical.size(); ++i) {
      const testing::MadeFrame& made = host.chain[host.chain.size() - 1 - i];
      CHECK(physical[i]["function"] == std::string(made.func.name));
      CHECK(physical[i]["pc"] == json_address(made.pc));
      CHECK(physical[i]["sp"] == json_address(made.sp));
      CHECK(physical[i]["fp"] == json_address(made.fp));
    }
    std::string shown = text(go_bt_command(), host, {});
    CHECK(shown.rfind("goroutine 1 [running]:  thread 4711\nmain.frames(", 0) == 0);
    CHECK(shown.find("\nruntime.goexit(") != std::string::npos);
  });
}

TEST_CASE("go-bt of one goroutine, of all, and cut", "[run]") {
  auto host = RuntimeHost::make("1.24", "plain");
  if (!host) return;
  Json two = json(go_bt_command(), *host, {"-g", "2"});
  CHECK(two["stacks"][0]["goroutine"] == 2);
  CHECK(two["stacks"][0]["thread"].is_null());
  CHECK(two["stacks"][0]["frames"][0]["found_by"] == "gobuf");

  Json all = json(go_bt_command(), *host, {"--all"});
  REQUIRE(all["stacks"].size() == 2);
  CHECK(all["stacks"][1]["goroutine"] == 2);
  CHECK_FALSE(all.contains("problems"));

  Json cut = json(go_bt_command(), *host, {"--limit", "2"});
  CHECK(cut["stacks"][0]["frames"].size() == 2);
  CHECK(cut["stacks"][0]["end"]["kind"] == "limit");

  Reply none = execute(go_bt_command(), *host, {"-g", "99"});
  CHECK_FALSE(none.ok);
  CHECK(none.error.find("99") != std::string::npos);
}

TEST_CASE("go-bt --all before the runtime has made a goroutine", "[run]") {
  auto host = RuntimeHost::make("1.24", "plain");
  if (!host) return;
  host->runtime->target().write_word(host->runtime->allgs_slice() + 8, 0);  // len(allgs)
  CHECK(text(go_bt_command(), *host, {"--all"}) ==
        "warning: goroutines: there are none yet; let the program run into Go code\n");
  Json json_too = json(go_bt_command(), *host, {"--all"});
  CHECK(json_too["stacks"].empty());
  CHECK(json_too["problems"].size() == 1);
}

TEST_CASE("an interrupted go-bt --all says how far it came", "[run]") {
  auto host = RuntimeHost::make("1.24", "plain");
  if (!host) return;
  host->interrupt_after = 1;
  Json all = json(go_bt_command(), *host, {"--all"});
  CHECK(all["stacks"].size() == 1);
  CHECK(all["problems"] == Json::array({"interrupted after 1 of 2 goroutines"}));
}

TEST_CASE("go-frame covers every byte of every frame", "[run]") {
  each_version([](const std::string&, RuntimeHost& host) {
    Json bt = json(go_bt_command(), host, {});
    Json all = json(go_frame_command(), host, {"--all"});
    REQUIRE(all["frames"].size() == host.chain.size());
    for (const Json& frame : all["frames"]) {
      CAPTURE(frame["function"]);
      const Json& line = bt["stacks"][0]["frames"][frame["index"].get<std::size_t>()];
      for (const char* same : {"function", "file", "line", "pc", "offset", "found_by", "checks"}) {
        CHECK(frame[same] == line[same]);
      }
      CHECK(frame["hardware_sp"] == line["sp"]);
      CHECK(frame["pseudo_fp"] == line["fp"]);
      const Json& slots = frame["slots"];
      REQUIRE_FALSE(slots.empty());
      CHECK(slots.back()["offset_sp"] == 0);
      for (std::size_t i = 1; i < slots.size(); ++i) {
        CHECK(slots[i]["offset_sp"].get<std::int64_t>() + slots[i]["size"].get<std::int64_t>() ==
              slots[i - 1]["offset_sp"]);
      }
      Json alone = json(go_frame_command(), host, {"-f", std::to_string(frame["index"].get<int>())});
      CHECK(alone["frame"] == frame);
    }
    CHECK(json(go_frame_command(), host, {})["frame"]["index"] == 0);
    host.selected = SelectedFrame{host.chain[1].pc, host.chain[1].sp, 0};
    CHECK(json(go_frame_command(), host, {})["frame"]["function"] == std::string(host.chain[1].func.name));
  });
}

TEST_CASE("go-frame's text stays within its width", "[run]") {
  each_version([](const std::string&, RuntimeHost& host) {
    std::string all = text(go_frame_command(), host, {"--all", "--why", "--all-words"});
    for (std::size_t at = 0; at < all.size();) {
      std::size_t end = all.find('\n', at);
      CHECK(columns_of(std::string_view(all).substr(at, end - at)) <= 100);
      at = end + 1;
    }
    CHECK(all.find("return address") != std::string::npos);
  });
}

TEST_CASE("a frame that does not exist", "[run]") {
  auto host = RuntimeHost::make("1.24", "plain");
  if (!host) return;
  Reply r = execute(go_frame_command(), *host, {"-f", "1000000", "--json"});
  CHECK_FALSE(r.ok);
  CHECK(Json::parse(r.output)["code"] == "not_found");
  CHECK_FALSE(execute(go_frame_command(), *host, {"-f", "9223372036854775807"}).ok);
}
