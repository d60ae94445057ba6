// The scheduler's records as a stopped program has them, and as a damaged one may.
#include "core/sched/scheduler.h"

#include <algorithm>

#include "tests/support/fake_runtime.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;
using testing::FakeRuntime;

namespace {

constexpr ThreadId kThread = FakeRuntime::kThread;

/// Main goroutine 1 on a thread, 2 and 3 waiting.
struct World {
  std::unique_ptr<FakeRuntime> runtime;
  std::vector<Goroutine> g;
  Machine m;
  std::unique_ptr<Scheduler> scheduler;

  testing::FakeTarget& target() { return runtime->target(); }
  const RuntimeLayout& at() { return runtime->layout(); }
  LoadAddr allgs_entry(std::size_t i) { return *target().pointer(runtime->allgs_slice()) + i * 8; }
};

std::optional<World> make_world(const std::string& version, const std::string& variant = "plain") {
  auto path = testing::sample(version, variant);
  if (!path) {
    WARN("no sample of Go " << version << ": skipped");
    return std::nullopt;
  }
  World w;
  auto runtime = FakeRuntime::open(*path);
  REQUIRE(runtime);
  w.runtime = std::move(*runtime);
  w.g.push_back(w.runtime->add_goroutine(1, GStatus::running));
  w.m = w.runtime->add_machine(kThread, w.g[0]);
  w.g.push_back(w.runtime->add_goroutine(2));
  w.g.push_back(w.runtime->add_goroutine(3));
  w.scheduler = std::move(*Scheduler::open(w.runtime->process()));
  return w;
}

std::vector<std::int64_t> ids(const GoroutineList& list) {
  std::vector<std::int64_t> out;
  for (const Goroutine& g : list.goroutines) out.push_back(g.id);
  return out;
}

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("goroutines of every Go version, with and without symbols") {
  for (const std::string& version : testing::sample_versions()) {
    for (const char* variant : {"plain", "stripped", "pie"}) {
      CAPTURE(version, variant);
      auto w = make_world(version, variant);
      if (!w) continue;
      auto list = w->scheduler->goroutines();
      REQUIRE(list);
      CHECK(ids(*list) == Ids{1, 2, 3});
      CHECK(list->problems.empty());
      CHECK(w->scheduler->by_id(2)->g == w->g[1].g);
      CHECK(w->scheduler->by_id(4).error().code == Errc::not_found);

      auto state = w->scheduler->thread(kThread);
      REQUIRE(state);
      REQUIRE(state->machine);
      CHECK(state->machine->m == w->m.m);
      CHECK(state->found_by == "tls");
      CHECK(w->scheduler->thread_of(list->goroutines[0]) == kThread);
      CHECK_FALSE(w->scheduler->thread_of(list->goroutines[1]));
      CHECK(w->scheduler->thread(ThreadId{1}).error().code == Errc::not_found);
    }
  }
}

TEST_CASE("allgs of a stripped program is the longest list that starts with goroutine 1") {
  auto w = make_world("1.24", "stripped");
  if (!w) return;
  // With cgo the second goroutine is the extra m's: runtime.oneNewExtraM numbers it 17.
  w->target().write_word(w->g[1].g + w->at().g.goid, 17);
  // The snapshot that a collection took earlier, at a lower address.
  LoadAddr snapshot = w->runtime->allgs_slice() - 32;
  w->target().write_word(snapshot, w->target().pointer(w->runtime->allgs_slice())->value);
  w->target().write_word(snapshot + 8, 2);
  w->target().write_word(snapshot + 16, 2);
  CHECK(ids(*w->scheduler->goroutines()) == Ids{1, 17, 3});
}

TEST_CASE("status words") {
  auto w = make_world("1.24");
  if (!w) return;
  auto status = [&](std::uint32_t word) {
    w->target().write(w->g[1].g + w->at().g.atomicstatus, std::as_bytes(std::span(&word, 1)));
    return *w->scheduler->goroutine(w->g[1].g);
  };
  CHECK(w->scheduler->status_name(status(4)) == "waiting");
  CHECK_FALSE(status(4).scanning);
  CHECK(w->scheduler->status_name(status(0x1004)) == "waiting");
  CHECK(status(0x1004).scanning);
  CHECK(w->scheduler->status_name(status(0xdeadbeef)).empty());
  CHECK(w->scheduler->wait_reason(status(2)).empty());
  status(6);
  CHECK(ids(*w->scheduler->goroutines()) == Ids{1, 3});
}

TEST_CASE("damaged allgs") {
  struct Row {
    const char* name;
    void (*damage)(World&);
    std::optional<Ids> ids;  // absent: an error
    Errc error = Errc::internal;
    std::size_t unreadable = 0;
  };
  constexpr std::uint64_t kNowhere = 0x6660000000;
  const Row rows[] = {
      {"empty", [](World& w) { w.target().write_word(w.runtime->allgs_slice() + 8, 0); }, Ids{}},
      {"longer than its capacity", [](World& w) { w.target().write_word(w.runtime->allgs_slice() + 8, 1 << 20); }, {},
       Errc::malformed},
      {"absurdly long",
       [](World& w) {
         w.target().write_word(w.runtime->allgs_slice() + 8, 0x00ffffffffffffff);
         w.target().write_word(w.runtime->allgs_slice() + 16, 0x00ffffffffffffff);
       },
       {}, Errc::malformed},
      {"long, but only its start is there",
       [](World& w) {
         LoadAddr array(0x8880000000);
         w.target().map({array, array + 4096});
         for (std::size_t i = 0; i < 3; ++i) w.target().write_word(array + i * 8, w.g[i].g.value);
         w.target().write_word(w.runtime->allgs_slice(), array.value);
         w.target().write_word(w.runtime->allgs_slice() + 8, 1 << 23);
         w.target().write_word(w.runtime->allgs_slice() + 16, 1 << 23);
       },
       Ids{1, 2, 3}},
      {"negative length", [](World& w) { w.target().write_word(w.runtime->allgs_slice() + 8, ~std::uint64_t{0}); }, {},
       Errc::malformed},
      {"array nowhere", [](World& w) { w.target().write_word(w.runtime->allgs_slice(), kNowhere); }, {}, Errc::unreadable},
      {"array at the end of the address space",
       [](World& w) { w.target().write_word(w.runtime->allgs_slice(), ~std::uint64_t{0} - 7); }, {}, Errc::unreadable},
      {"the slice itself is unreadable",
       [](World& w) { w.target().unmap({w.runtime->allgs_slice(), w.runtime->allgs_slice() + 24}); }, {}, Errc::unreadable},
      {"nil entry", [](World& w) { w.target().write_word(w.allgs_entry(1), 0); }, Ids{1, 3}},
      {"the same g twice", [](World& w) { w.target().write_word(w.allgs_entry(1), w.g[2].g.value); }, Ids{1, 3}},
      {"g pointer into nothing", [](World& w) { w.target().write_word(w.allgs_entry(1), kNowhere); }, Ids{1, 3}, {}, 1},
      {"g pointer that is text", [](World& w) { w.target().write_word(w.allgs_entry(1), 0x6f77206f6c6c6548); }, Ids{1, 3}, {}, 1},
      {"unaligned g pointer", [](World& w) { w.target().write_word(w.allgs_entry(1), w.g[1].g.value + 3); }, Ids{1, 3}, {}, 1},
      {"g pointer into zeros", [](World& w) { w.target().write_word(w.allgs_entry(1), (w.g[1].stack.lo + 64).value); }, Ids{1, 3}, {}, 1},
      {"g cut by the end of memory",
       [](World& w) {
         LoadAddr end(0x7770001000);
         w.target().map({end - 0x1000, end});
         w.target().write_word(w.allgs_entry(1), (end - 64).value);
       },
       Ids{1, 3}, {}, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto w = make_world("1.24");
    if (!w) return;
    row.damage(*w);
    std::size_t before = w->target().reads();
    auto list = w->scheduler->goroutines();
    CHECK(w->target().reads() - before < 10000);
    REQUIRE(list.has_value() == row.ids.has_value());
    if (!list) {
      CHECK(list.error().code == row.error);
      CHECK_FALSE(list.error().message.empty());
      continue;
    }
    CHECK(ids(*list) == *row.ids);
    CHECK(list->unreadable == row.unreadable);
    // What was left out is said, except what is nothing or a repetition.
    CHECK(list->problems.empty() == (list->unreadable == 0 && std::string(row.name).find("long") == std::string::npos));
  }
}

TEST_CASE("millions of garbage pointers end the list early") {
  auto w = make_world("1.24");
  if (!w) return;
  constexpr std::uint64_t kCount = 1 << 21;
  LoadAddr array(0x9990000000);
  w->target().map({array, array + kCount * 8});
  for (std::uint64_t i = 0; i < kCount; ++i) w->target().write_word(array + i * 8, 0x6660000000 + i * 8);
  w->target().write_word(array, w->g[0].g.value);
  w->target().write_word(w->runtime->allgs_slice(), array.value);
  w->target().write_word(w->runtime->allgs_slice() + 8, kCount);
  w->target().write_word(w->runtime->allgs_slice() + 16, kCount);
  std::size_t before = w->target().reads();
  auto list = w->scheduler->goroutines();
  REQUIRE(list);
  CHECK(ids(*list) == Ids{1});
  // One good entry and the 4096 that were too many have been looked at.
  CHECK(std::count(list->problems.begin(), list->problems.end(),
                   "runtime.allgs: 2093055 of 2097152 entries left out: too many are unreadable") == 1);
  CHECK(w->target().reads() - before < 100000);
}

TEST_CASE("which m runs on a thread: TLS first, then R14, then the list of m's") {
  for (const std::string& version : testing::sample_versions()) {
    CAPTURE(version);
    auto w = make_world(version);
    if (!w) continue;
    auto& target = w->target();
    auto registers = w->runtime->registers(kThread);
    LoadAddr tls = LoadAddr(*registers.get(Reg::fs_base)) - 8;

    target.write_word(tls, 0);
    auto state = w->scheduler->thread(kThread);
    REQUIRE(state->machine);
    CHECK(state->machine->m == w->m.m);
    CHECK(state->found_by == (w->runtime->process().image().register_abi() ? "r14" : "procid"));

    registers.set(Reg::r14, 0x4141414141414140);
    registers.set(Reg::fs_base, std::nullopt);
    target.set_registers(kThread, registers);
    state = w->scheduler->thread(kThread);
    REQUIRE(state->machine);
    CHECK(state->found_by == "procid");
  }
}

TEST_CASE("a g is believed only when its m says the same") {
  struct Row {
    const char* name;
    void (*damage)(World&);
    bool found;
  };
  const Row rows[] = {
      {"TLS holds another thread's g",
       [](World& w) {
         Goroutine other = w.runtime->add_goroutine(9, GStatus::running);
         w.runtime->add_machine(ThreadId{99}, other);
         LoadAddr tls = LoadAddr(*w.runtime->registers(kThread).get(Reg::fs_base)) - 8;
         w.target().write_word(tls, other.g.value);
       },
       true},
      {"g.m nowhere",
       [](World& w) { w.target().write_word(w.g[0].g + w.at().g.m, 0x6660000000); }, true},
      {"m.curg is another g", [](World& w) { w.target().write_word(w.m.m + w.at().m.curg, w.g[1].g.value); }, true},
      {"m.g0 lies: all three g's are garbage",
       [](World& w) {
         for (auto field : {w.at().m.g0, w.at().m.gsignal, w.at().m.curg}) w.target().write_word(w.m.m + field, 0x4141414141414141);
       },
       true},
      {"allm leads into nothing, procid is wrong",
       [](World& w) {
         w.target().write_word(w.m.m + w.at().m.procid, 1);
         w.target().write_word(w.runtime->allm_head(), 0x6660000000);
       },
       false},
      {"alllink of the only m points at itself, procid is wrong",
       [](World& w) {
         w.target().write_word(w.m.m + w.at().m.procid, 1);
         w.target().write_word(w.m.m + w.at().m.alllink, w.m.m.value);
       },
       false},
      {"two m's link to each other",
       [](World& w) {
         Machine other = w.runtime->add_machine(ThreadId{99}, w.g[2]);
         w.target().write_word(w.m.m + w.at().m.procid, 1);
         w.target().write_word(w.m.m + w.at().m.alllink, other.m.value);
       },
       false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    auto w = make_world("1.24");
    if (!w) return;
    row.damage(*w);
    std::size_t before = w->target().reads();
    auto state = w->scheduler->thread(kThread);
    CHECK(w->target().reads() - before < 1000);
    REQUIRE(state);
    CHECK(state->machine.has_value() == row.found);
    if (state->machine) CHECK(state->machine->m == w->m.m);
  }
}

TEST_CASE("which stack a thread is on") {
  auto w = make_world("1.24");
  if (!w) return;
  auto on = [&](LoadAddr sp) {
    auto registers = w->runtime->registers(kThread);
    registers.set(Reg::rsp, sp.value);
    w->target().set_registers(kThread, registers);
    return *w->scheduler->thread(kThread)->running_g;
  };
  Goroutine gsignal = *w->scheduler->goroutine(w->m.gsignal);
  CHECK(on(w->g[0].stack.lo + 64) == w->g[0].g);
  CHECK(on(w->g[0].stack.hi) == w->g[0].g);
  CHECK(on(gsignal.stack.lo + 64) == gsignal.g);
  // The bounds of a system stack are an estimate: what is on no other stack is on it.
  CHECK(on(LoadAddr(0x7ffffffde000)) == w->m.g0);
}
