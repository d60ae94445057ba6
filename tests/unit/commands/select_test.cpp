#include "commands/select.h"

#include "tests/unit/catch.h"
#include "tests/unit/commands/fake_host.h"

using namespace lldbgo;

namespace {

struct Chosen {
  Result<std::size_t> frame;
  std::size_t problems;
};

Chosen chosen_with_problems(test::FakeHost& host, const Options& options) {
  Stack stack = test::sample_stack();
  Context context(host, false, 100);
  auto frame = choose_frame(context, options, stack, visible_frames(stack, false));
  return {frame, context.problems().size()};
}

Result<std::size_t> chosen(test::FakeHost& host, const Options& options) {
  return chosen_with_problems(host, options).frame;
}

}  // namespace

TEST_CASE("the frame: -f, else the debugger's, else the innermost", "[select]") {
  test::FakeHost host;
  Options options;
  CHECK(chosen(host, options) == 0u);

  host.selected = SelectedFrame{LoadAddr(0x401230), LoadAddr(0xc000010020), 0};
  CHECK(chosen(host, options) == 2u);
  host.selected = SelectedFrame{LoadAddr(0x401010), LoadAddr(0x7000), 0};
  CHECK(chosen(host, options) == 0u);
  host.selected->inline_depth = 1;
  CHECK(chosen(host, options) == 1u);
  host.selected->inline_depth = 5;
  CHECK(chosen(host, options) == 1u);
  host.selected = SelectedFrame{LoadAddr(0x401230), LoadAddr(0x1), 0};
  CHECK(chosen(host, options) == 0u);

  options.set("frame", "2");
  CHECK(chosen(host, options) == 2u);
  options.set("frame", "3");
  auto none = chosen(host, options);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::not_found);
  CHECK(none.error().text() == "frame 3: the stack has frames 0 to 2; see go-bt");
}

TEST_CASE("a selected frame that the stack does not have is not replaced by another one in silence", "[select]") {
  test::FakeHost host;
  Options options;
  struct Row {
    const char* name;
    SelectedFrame selected;
    std::size_t problems;
  };
  const Row rows[] = {{"shown", {LoadAddr(0x401230), LoadAddr(0xc000010020), 0}, 0},
                      {"innermost", {LoadAddr(0x401010), LoadAddr(0x7000), 0}, 0},
                      {"innermost, whose SP a stack switch has moved", {LoadAddr(0x401010), LoadAddr(0x6000), 0}, 0},
                      {"hidden wrapper", {LoadAddr(0x401120), LoadAddr(0xc000010000), 0}, 1},
                      {"of no frame of ours", {LoadAddr(0x401230), LoadAddr(0x1), 0}, 1}};
  for (const Row& row : rows) {
    INFO(row.name);
    host.selected = row.selected;
    CHECK(chosen_with_problems(host, options).problems == row.problems);
  }
}

TEST_CASE("another goroutine's default frame is its innermost", "[select]") {
  test::FakeHost host;
  host.selected = SelectedFrame{LoadAddr(0x401230), LoadAddr(0xc000010020), 0};
  Options options;
  options.set("goroutine", "1");
  CHECK(chosen(host, options) == 0u);
}
