// go-bridge over a bridge that is told what to say.
#include "commands/execute.h"
#include "commands/registry.h"
#include "tests/unit/catch.h"
#include "tests/unit/commands/fake_host.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

class FakeBridge : public Bridge {
 public:
  bool automatic() override { return automatic_; }
  void on() override { automatic_ = true; }
  void off() override {
    automatic_ = false;
    list.clear();
  }
  std::vector<BridgedModule> modules() override { return list; }

  std::vector<BridgedModule> list;

 private:
  bool automatic_ = true;
};

class BridgedHost : public FakeHost {
 public:
  Bridge* bridge() override { return &fake; }
  FakeBridge fake;
};

}  // namespace

TEST_CASE("go-bridge tells each module's copy, or why there is none", "[bridge]") {
  BridgedHost host;
  host.fake.list = {{"/bin/a", "go1.24.4", true, "/cache/a", true, 0.002, 3000000, ""},
                    {"/bin/b\x1b[31m", "", false, "", false, 0, 0, "has no debug information"}};
  Reply text = execute(go_bridge_command(), host, {"status"});
  REQUIRE(text.ok);
  CHECK(text.output.find("The bridge is on") == 0);
  CHECK(text.output.find("/cache/a") != std::string::npos);
  CHECK(text.output.find("2 ms, from the cache") != std::string::npos);
  CHECK(text.output.find("because  has no debug information") != std::string::npos);
  CHECK(text.output.find('\x1b') == std::string::npos);

  Reply json = execute(go_bridge_command(), host, {"--json"});
  REQUIRE(json.ok);
  Json answer = Json::parse(json.output);
  CHECK(answer["schema"] == "lldb-go/bridge/1");
  REQUIRE(answer["modules"].size() == 2);
  CHECK(answer["modules"][0]["active"] == true);
  CHECK(answer["modules"][0]["translated"] == "/cache/a");
  CHECK(answer["modules"][0]["bytes"] == 3000000);
  CHECK(answer["modules"][0]["reason"].is_null());
  CHECK(answer["modules"][1]["active"] == false);
  CHECK(answer["modules"][1]["translated"].is_null());
  CHECK(answer["modules"][1]["reason"] == "has no debug information");
}

TEST_CASE("go-bridge turns the bridge on and off", "[bridge]") {
  BridgedHost host;
  host.fake.list = {{"/bin/a", "go1.24.4", true, "/cache/a", true, 0.002, 3000000, ""}};
  Reply off = execute(go_bridge_command(), host, {"off"});
  REQUIRE(off.ok);
  CHECK(off.output == "The bridge is off: LLDB reads Go programs as they are.\n");
  CHECK_FALSE(host.fake.automatic());
  REQUIRE(execute(go_bridge_command(), host, {"on"}).ok);
  CHECK(host.fake.automatic());
}

TEST_CASE("go-bridge knows three verbs, and hosts without a bridge", "[bridge]") {
  BridgedHost host;
  Reply unknown = execute(go_bridge_command(), host, {"sideways"});
  CHECK_FALSE(unknown.ok);
  CHECK(unknown.error == "bridge: cannot 'sideways'; say on, off or status");
  FakeHost without;
  Reply none = execute(go_bridge_command(), without, {});
  CHECK_FALSE(none.ok);
  CHECK(none.error == "bridge: this host has none; load lldb-go into LLDB");
}
