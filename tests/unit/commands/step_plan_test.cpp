#include "commands/step_plan.h"

#include "core/insn/code_flow.h"
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

std::vector<StopPoint> called(testing::World& world, StepMode mode) {
  WorldHost host(world);
  auto plan = plan_step(host, mode);
  REQUIRE(plan);
  std::erase_if(plan->points, [](const StopPoint& p) { return p.kind != StopPoint::Kind::called; });
  return plan->points;
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
