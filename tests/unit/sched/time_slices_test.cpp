// What is written so that the runtime's monitor takes every running P for just scheduled.
#include "core/sched/time_slices.h"

#include "tests/support/fake_runtime.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;
using testing::FakeRuntime;

namespace {

constexpr LoadAddr kArray(0xd000000000), kPs(0xd000010000);
constexpr std::uint64_t kSpacing = 0x8000;

/// Ps in allp, each made with its number, a status and the two ticks.
struct World {
  std::unique_ptr<FakeRuntime> runtime;
  LoadAddr allp;
  std::uint64_t count = 0;

  std::uint64_t at(const char* field) { return runtime->process().image().offset("runtime.p", field)->value; }
  void u32(LoadAddr address, std::uint32_t value) {
    runtime->target().write(address, std::as_bytes(std::span(&value, 1)));
  }
  LoadAddr p(std::uint64_t i) { return kPs + i * kSpacing; }
  void add(std::uint32_t status, std::uint32_t tick, std::uint32_t seen) {
    u32(p(count) + at("id"), static_cast<std::uint32_t>(count));
    u32(p(count) + at("status"), status);
    u32(p(count) + at("schedtick"), tick);
    u32(p(count) + at("sysmontick.schedtick"), seen);
    runtime->target().write_word(kArray + 8 * count, p(count).value);
    ++count;
    length(count);
  }
  void length(std::uint64_t n, std::uint64_t capacity = 16) {
    runtime->target().write_word(allp, kArray.value);
    runtime->target().write_word(allp + 8, n);
    runtime->target().write_word(allp + 16, capacity);
  }
};

std::optional<World> make_world(const std::string& version) {
  auto path = testing::sample(version, "plain");
  if (!path) {
    WARN("no sample of Go " << version << ": skipped");
    return std::nullopt;
  }
  World w;
  w.runtime = std::move(*FakeRuntime::open(*path));
  w.runtime->target().map({kArray, kArray + 0x1000});
  w.runtime->target().map({kPs, kPs + 16 * kSpacing});
  w.allp = w.runtime->process().to_load(*w.runtime->process().image().global("runtime.allp"));
  return w;
}

}  // namespace

TEST_CASE("running Ps whose tick the monitor has seen get another one, in every Go version") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto w = make_world(version);
    if (!w) continue;
    w->add(1, 7, 7);  // running
    w->add(0, 7, 7);  // idle
    w->add(1, 9, 8);  // scheduled since the monitor looked
    w->add(2, 0, 0);  // in a system call
    auto writes = fresh_time_slices(w->runtime->process());
    REQUIRE(writes);
    REQUIRE(writes->size() == 2);
    CHECK((*writes)[0].address == w->p(0) + w->at("sysmontick.schedtick"));
    CHECK((*writes)[0].value == 6);
    CHECK((*writes)[1].address == w->p(3) + w->at("sysmontick.schedtick"));
    CHECK((*writes)[1].value == 0xffffffff);
  }
}

TEST_CASE("nothing is written by a damaged list") {
  struct Row {
    const char* name;
    void (*damage)(World&);
    Errc error;
  };
  const Row rows[] = {
      {"longer than its capacity", [](World& w) { w.length(17); }, Errc::malformed},
      {"absurdly long", [](World& w) { w.length(1 << 20, 1 << 20); }, Errc::malformed},
      {"a P that is not its number", [](World& w) { w.u32(w.p(1) + w.at("id"), 5); }, Errc::malformed},
      {"a P outside memory", [](World& w) { w.runtime->target().write_word(kArray + 8, 0x666000); }, Errc::unreadable},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto w = make_world("1.24");
    if (!w) return;
    w->add(1, 7, 7);
    w->add(1, 7, 7);
    row.damage(*w);
    auto writes = fresh_time_slices(w->runtime->process());
    REQUIRE_FALSE(writes);
    CHECK(writes.error().code == row.error);
  }
}

TEST_CASE("a P that procresize has not made yet is passed over") {
  auto w = make_world("1.24");
  if (!w) return;
  w->add(1, 7, 7);
  w->length(3);
  CHECK(fresh_time_slices(w->runtime->process())->size() == 1);
}
