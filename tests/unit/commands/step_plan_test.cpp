#include "commands/step_plan.h"

#include <algorithm>

#include "core/insn/code_flow.h"
#include "core/insn/prologue.h"
#include "tests/unit/catch.h"
#include "tests/unit/commands/fake_host.h"
#include "tests/unit/unwind/world.h"

using namespace lldbgo;

namespace {

class WorldHost : public test::FakeHost {
 public:
  explicit WorldHost(testing::World& world) : world_(world) {}
  Result<GoProcess*> process() override { return &world_.process(); }
  Result<const Scheduler*> scheduler() override { return world_.scheduler.get(); }

 private:
  testing::World& world_;
};

std::vector<StopPoint> points_of(testing::World& world, StepMode mode, StopPoint::Kind kind) {
  WorldHost host(world);
  auto plan = plan_step(host, mode);
  REQUIRE(plan);
  std::erase_if(plan->points, [&](const StopPoint& p) { return p.kind != kind; });
  return plan->points;
}

std::vector<StopPoint> called(testing::World& world, StepMode mode) {
  return points_of(world, mode, StopPoint::Kind::called);
}

/// The last call before the address that `frame` returns to: the one it is in.
CallSite call_of(testing::World& world, const testing::MadeFrame& frame) {
  const Func& func = frame.func;
  auto code = world.process().image().elf().bytes_from(func.entry, func.end.value - func.entry.value);
  CallSite out;
  for (const CallSite& site : code_flow(code).calls) {
    if (world.process().to_load(func.entry + site.offset) < frame.pc) out = site;
  }
  return out;
}

/// Puts the thread before the call that `frame` is in.
CallSite stop_at_call(testing::World& world, testing::MadeFrame frame) {
  CallSite site = call_of(world, frame);
  frame.pc = world.process().to_load(frame.func.entry + site.offset);
  world.runtime->stop_at(testing::FakeRuntime::kThread, frame);
  return site;
}

void check_leads_to(testing::World& world, std::string_view function, LoadAddr sp) {
  auto points = called(world, StepMode::step);
  REQUIRE(points.size() == 1);
  auto func = world.process().func(points[0].at);
  REQUIRE(func);
  CHECK(func->name == function);
  CHECK(world.g.stack.hi - points[0].deepest == sp);
}

}  // namespace

TEST_CASE("go-step at a call instruction knows where it leads", "[step_plan]") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto world = testing::make_world(version);
    if (!world) continue;
    CHECK(called(*world, StepMode::step).empty());
    stop_at_call(*world, world->innermost());
    check_leads_to(*world, "main.show", world->innermost().sp);
    CHECK(called(*world, StepMode::next).empty());
  }
}

TEST_CASE("a call through a register is resolved where the thread stands", "[step_plan]") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto world = testing::make_world(version);
    if (!world) continue;
    const testing::MadeFrame& runtime_main = world->frames[1];
    CallSite site = stop_at_call(*world, runtime_main);
    REQUIRE(site.base);
    REQUIRE_FALSE(site.memory);
    world->set(*site.base, world->entry("main.main").value);
    check_leads_to(*world, "main.main", runtime_main.sp);
    world->set(*site.base, world->entry("runtime.main").value);
    CHECK(called(*world, StepMode::step).empty());
  }
}

TEST_CASE("go-next and go-finish go over bodies inlined by others, go-step into them", "[step_plan]") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto world = testing::make_world(version);
    if (!world) continue;
    const Pclntab& table = world->process().image().pclntab();
    Func func = table.named("main.registers").front();
    auto depth = [&](FileAddr at) { return table.logical_frames(func, at)->size() - 1; };
    auto deepest_line = [&](StepMode mode) {
      std::size_t out = 0;
      for (const StopPoint& p : points_of(*world, mode, StopPoint::Kind::line))
        out = std::max(out, depth(world->process().to_file(p.at)));
      return out;
    };
    auto code = world->process().image().elf().bytes_from(func.entry, func.end.value - func.entry.value);
    std::uint64_t body = find_prologue(code).body_at;
    std::size_t deepest = 0;
    for (std::uint64_t offset : code_flow(code).instructions) {
      if (offset < body) continue;
      auto frames = world->frames;
      world->runtime->call(frames, world->process().to_load(func.entry + offset));
      world->runtime->stop_at(testing::FakeRuntime::kThread, frames.back());
      std::size_t here = depth(func.entry + offset);
      CAPTURE(offset, here);
      CHECK(deepest_line(StepMode::next) <= here);
      if (here > 0) CHECK(deepest_line(StepMode::finish) < here);
      deepest = std::max(deepest, deepest_line(StepMode::step));
    }
    CHECK(deepest == 1);
  }
}
