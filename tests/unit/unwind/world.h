// A goroutine on a thread with a hand-made stack, ready to be unwound.
#pragma once

#include "core/unwind/unwinder.h"
#include "tests/support/fake_runtime.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

namespace lldbgo::testing {

struct World {
  std::unique_ptr<FakeRuntime> runtime;
  Goroutine g;
  Machine m;
  std::vector<MadeFrame> frames;  ///< goexit first, the frame where the thread stands last
  std::unique_ptr<Scheduler> scheduler;

  FakeTarget& target() { return runtime->target(); }
  const RuntimeLayout& at() const { return runtime->layout(); }
  GoProcess& process() { return runtime->process(); }
  MadeFrame& innermost() { return frames.back(); }
  void set(Reg reg, std::uint64_t value) {
    Registers registers = runtime->registers(FakeRuntime::kThread);
    registers.set(reg, value);
    target().set_registers(FakeRuntime::kThread, registers);
  }
  Stack walk(const UnwindOptions& options = {}) {
    auto stack = Unwinder(process(), *scheduler).thread(FakeRuntime::kThread, options);
    REQUIRE(stack);
    return std::move(*stack);
  }
  LoadAddr entry(std::string_view name) {
    auto found = process().image().pclntab().named(name);
    REQUIRE_FALSE(found.empty());
    return process().to_load(found.front().entry);
  }
};

/// Stopped in main.frames on the plain chain. Empty where there is no such sample.
inline std::optional<World> make_world(const std::string& version, const std::string& variant = "plain", Slide slide = {}) {
  auto path = sample(version, variant);
  if (!path) {
    WARN("no sample of Go " << version << ": skipped");
    return std::nullopt;
  }
  auto runtime = FakeRuntime::open(*path, slide);
  REQUIRE(runtime);
  World w;
  w.runtime = std::move(*runtime);
  w.g = w.runtime->add_goroutine(1, GStatus::running);
  w.m = w.runtime->add_machine(FakeRuntime::kThread, w.g);
  w.frames = w.runtime->plain_chain(w.g);
  w.runtime->stop_at(FakeRuntime::kThread, w.innermost());
  w.target().select(FakeRuntime::kThread);
  w.scheduler = std::move(*Scheduler::open(w.process()));
  return w;
}

inline std::vector<std::string> names(const Stack& stack) {
  std::vector<std::string> out;
  for (const PhysicalFrame& frame : stack.frames) out.push_back(frame.entries.back().function);
  return out;
}

}  // namespace lldbgo::testing
