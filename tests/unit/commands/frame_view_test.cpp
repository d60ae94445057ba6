#include "commands/frame_view.h"

#include <algorithm>

#include "tests/unit/catch.h"
#include "tests/unit/commands/fake_host.h"

using namespace lldbgo;

TEST_CASE("a frame map as text", "[frame]") {
  CHECK(render(frame_text(test::sample_frame(), {}), false) ==
        "frame #2  main.regs(a=7)  main.go:20  goroutine 1 [running]\n"
        "  go1.24.4  ABIInternal  pc main.regs+0x48  frame 0x20 bytes  found by registers, pcsp and CFI agree\n"
        "\n"
        "  hardware SP  0xc000092d50  RSP\n"
        "  pseudo SP    0xc000092d68  SP+0x18 = FP-16      locals are x-N(SP) from here\n"
        "  pseudo FP    0xc000092d78  SP+0x28 = SP+0x20+8  arguments are x+N(FP) from here\n"
        "  BP           0xc000092d68  SP+0x18              -> saved caller BP 0xc000092f40\n"
        "\n"
        "  argument  type  place       state  value\n"
        "  a         int   AX, +0(FP)  live   7\n"
        "\n"
        "  address       +FP    +SP                word  what\n"
        "  0xc000092d78   +0  +0x28  0x0000000000000007  spill    a       int AX live 7\n"
        "  0xc000092d70   -8  +0x20  0x00000000004b70aa  return address -> main.main+0x12a main.go:29\n"
        "  0xc000092d68  -16  +0x18  0x000000c000092f40  caller BP\n"
        "  0xc000092d60  -24  +0x10  0x000000000000002a  local    n-8(SP) int    dead\n"
        "  0xc000092d58  -32   +0x8  0x0000000000000000  unknown\n"
        "  0xc000092d50  -40   +0x0  0x0000000000000000  outgoing\n"
        "\n"
        "  callers  main.main+0x12a <- runtime.main+0x2a7\n");
}

TEST_CASE("a long value loses whole fields in the call", "[frame]") {
  auto call = [](const char* brief) {
    FrameView view = test::sample_frame();
    view.map.args[0].brief = brief;
    std::string text = render(frame_text(view, {}), false);
    return text.substr(0, text.find("  main.go"));
  };
  CHECK(call("[]uint8 len 4") == "frame #2  main.regs(a=[]uint8 len 4)");
  CHECK(call("{flag: true, n: 3, p: 0xc000117e78}") == "frame #2  main.regs(a={flag: true, n: 3, ...})");
  CHECK(call("{s: \"a}, b\\\", c\", t: {1, 2, 3}, u: 12345678}") ==
        "frame #2  main.regs(a={s: \"a}, b\\\", c\", ...})");
  CHECK(call("{t: {1, 2, 3, 4, 5, 6, 7, 8, 9}, u: 1}") == "frame #2  main.regs(a={...})");
  CHECK(call("\"a string of more than twenty-eight bytes\"") == "frame #2  main.regs(a=\"a string of more than tw...)");
}

TEST_CASE("--why adds the source of each fact", "[frame]") {
  FrameTextOptions options;
  options.why = true;
  std::string text = render(frame_text(test::sample_frame(), options), false);
  CHECK(text.find("AX live 7\n      by ArgInfo\n") != std::string::npos);
  CHECK(text.find("\n  how it is known\n    pcsp and CFI agree\n    saved-BP chain agrees\n    names: DWARF\n") !=
        std::string::npos);
}

TEST_CASE("every line fits, whatever the names", "[frame]") {
  FrameView view = test::sample_frame();
  std::string name(70, 'x');
  for (Slot& s : view.map.slots) {
    s.name = name;
    s.type = "map[string]" + name;
    s.text = "\"" + name + "\"";
  }
  view.map.return_address->function = "example.com/" + name + "." + name;
  for (int i = 0; i < 30; ++i) {
    view.map.args.push_back(view.map.args[0]);
    view.map.chain.push_back(view.map.chain[0]);
  }
  for (std::size_t width : {100u, 120u}) {
    FrameTextOptions options;
    options.width = width;
    for (const Line& line : frame_text(view, options).lines()) CHECK(line.columns() <= width);
  }
}

TEST_CASE("long runs that say nothing are folded, unless asked for", "[frame]") {
  FrameView view = test::sample_frame();
  auto add = [&](std::size_t n, SlotKind kind, std::string name) {
    for (std::size_t i = 0; i < n; ++i) {
      Slot s;
      s.address = view.map.slots.back().address - 8;
      s.kind = kind;
      s.value = 0;
      s.name = name.empty() ? name : name + "[" + std::to_string(n - i) + "]";
      view.map.slots.push_back(s);
    }
  };
  std::size_t before = slot_lines(view.map, {}).lines().size();
  SECTION("eight are shown") {
    add(8, SlotKind::local, "arr");
    CHECK(slot_lines(view.map, {}).lines().size() == before + 8);
  }
  SECTION("nine are not") {
    add(9, SlotKind::local, "arr");
    Document d = slot_lines(view.map, {});
    CHECK(d.lines().size() == before + 4);
    CHECK(render(d, false).find("... 6 more, 0xc000092d10..0xc000092d38 (arr; --all-words shows them)") !=
          std::string::npos);
    FrameTextOptions options;
    options.all_words = true;
    CHECK(slot_lines(view.map, options).lines().size() == before + 9);
  }
  SECTION("a pointer without a name is never folded away") {
    add(9, SlotKind::unknown, "");
    view.map.slots[view.map.slots.size() - 5].pointer = Pointerness::pointer;
    CHECK(slot_lines(view.map, {}).lines().size() == before + 9);
  }
  SECTION("JSON keeps all") {
    add(100, SlotKind::unknown, "");
    CHECK(frame_json(view)["slots"].size() == view.map.slots.size());
  }
}

TEST_CASE("frame JSON", "[frame]") {
  Json json = frame_json(test::sample_frame());
  CHECK(json["index"] == 2);
  CHECK(json["frame_size"] == 0x20);
  CHECK(json["hardware_sp"] == "0xc000092d50");
  CHECK(json["pseudo_sp"] == "0xc000092d68");
  CHECK(json["pseudo_fp"] == "0xc000092d78");
  CHECK(json["return_address"] == Json::parse(R"({"slot":"0xc000092d70","value":"0x4b70aa","function":"main.main",
                                                  "file":"/src/main.go","line":29})"));
  CHECK(json["saved_bp"] == Json::parse(R"({"slot":"0xc000092d68","value":"0xc000092f40"})"));
  CHECK(json["chain"][1] == Json::parse(R"({"pc":"0x43d247","sp":"0xc000092f50","fp":"0xc000092fe0","bp":null,
                                            "function":"runtime.main","offset":679})"));
  CHECK(json["args"][0] ==
        Json::parse(R"({"name":"a","type":"int","class":"param","assigned":"registers","registers":["AX"],
                                           "offset_fp":0,"size":8,"status":"live","value":"7"})"));
  CHECK(json["slots"][0] ==
        Json::parse(R"({"address":"0xc000092d78","size":8,"offset_fp":0,"offset_sp":40,"offset_psp":16,
    "kind":"spill","name":"a","type":"int","register":"AX","pointer":"scalar","live":"yes","value":"0x7","text":"7","why":"ArgInfo"})"));
  CHECK(json["slots"][4]["name"].is_null());
}

TEST_CASE("a frame without saved BP and with an unreadable stack", "[frame]") {
  FrameView view = test::sample_frame();
  view.map.saved_bp_slot.reset();
  view.map.saved_bp.reset();
  view.map.return_address.reset();
  view.map.chain.clear();
  view.map.args.clear();
  for (Slot& s : view.map.slots) s.value.reset();
  Json json = frame_json(view);
  CHECK(json["saved_bp"].is_null());
  CHECK(json["return_address"]["value"].is_null());
  CHECK(json["return_address"]["slot"] == "0xc000092d70");
  CHECK(json["slots"][0]["value"].is_null());
  std::string text = render(frame_text(view, {}), false);
  CHECK(text.find("the caller's: not saved here") != std::string::npos);
  CHECK(text.find("unreadable  return address\n") != std::string::npos);
  CHECK(text.find("callers  none\n") != std::string::npos);
}
