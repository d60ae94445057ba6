// Frames of the samples' main.registers(a int, s string, f float64, b []byte) int at every boundary of its first
// instructions.
#include "core/frame/frame_map.h"

#include <bit>

#include "core/insn/register_stores.h"
#include "tests/unit/frame/frame_world.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

constexpr std::uint64_t kText = 0xc000200000;
const std::uint64_t kTwoAndHalf = std::bit_cast<std::uint64_t>(2.5);

void pass_in_registers(FrameWorld& w) {
  w.registers.set(Reg::rax, 7);
  w.registers.set(Reg::rbx, kText);
  w.registers.set(Reg::rcx, 5);
  w.registers.set(Reg::rdi, kText);
  w.registers.set(Reg::rsi, 4);
  w.registers.set(Reg::r8, 8);
  w.threads.xmm0 = kTwoAndHalf;
}

void pass_on_stack(FrameWorld& w) {
  const std::uint64_t words[] = {7, kText, 5, kTwoAndHalf, kText, 4, 8};
  for (std::size_t i = 0; i < 7; ++i) w.poke(FrameWorld::kFp + 8 * i, words[i], 8);
}

std::uint64_t register_value(FrameWorld& w, ArgRegister reg) {
  return reg.xmm ? w.threads.xmm0 : w.registers.get(static_cast<Reg>(reg.number)).value_or(0);
}

struct Expected {
  const char* name;
  const char* type;
  const char* value;
  const char* brief;
};
const Expected kExpected[] = {{"a", "int", "7", "7"},
                              {"s", "string", "\"hello\"", "\"hello\""},
                              {"f", "float64", "2.5", "2.5"},
                              {"b", "[]uint8", "len=4 cap=8", "[]uint8 len 4"}};

void check_arguments(const FrameMap& m) {
  for (const Expected& e : kExpected) {
    CAPTURE(e.name);
    const Argument* a = argument(m, e.name);
    REQUIRE(a != nullptr);
    CHECK(a->type == e.type);
    CHECK_FALSE(a->result);
    CHECK(a->status == ArgStatus::live);
    CHECK(a->value == e.value);
    CHECK(a->brief == e.brief);
  }
}

}  // namespace

TEST_CASE("arguments and spill slots at every boundary from the entry to the end of the first run") {
  for (const char* version : {"1.19", "1.21", "1.24", "1.27"}) {
    for (const char* variant : {"plain", "noopt"}) {
      auto path = lldbgo::testing::sample(version, variant);
      if (!path) {
        WARN("no sample of Go " << version << ": skipped");
        continue;
      }
      CAPTURE(version, variant);
      FrameWorld w(*path);
      pass_in_registers(w);
      Func f = w.func("main.registers");
      Bytes code = w.image->elf().bytes_from(f.entry, f.end.value - f.entry.value);
      Prologue prologue = find_prologue(code);
      StraightLine line = straight_line(code, prologue.body_at, prologue.frame_bytes);
      bool optimised = std::string_view(variant) == "plain";
      if (!optimised) REQUIRE(line.stores.size() >= 7);

      std::size_t stored = 0;
      for (std::uint64_t offset = 0; offset <= line.end; ++offset) {
        // Boundaries: what pcsp and the stores agree on is enough, an offset inside an instruction behaves like its
        // start.
        for (; stored < line.stores.size() && line.stores[stored].end <= offset; ++stored) {
          const RegisterStore& s = line.stores[stored];
          w.poke(FrameWorld::kFp + static_cast<std::uint64_t>(s.fp_offset), register_value(w, s.reg), s.size);
        }
        CAPTURE(offset);
        auto m = w.map(f, offset);
        REQUIRE(m);
        check_cover(*m);
        REQUIRE(m->slots.front().offset_fp == 48);
        if (!optimised || offset < prologue.body_at) check_arguments(*m);

        struct Spill {
          const char* name;
          std::int64_t offset;
          const char* reg;
        };
        for (const Spill& e : {Spill{"a", 0, "AX"},
                               {"s.ptr", 8, "BX"},
                               {"s.len", 16, "CX"},
                               {"f", 24, "X0"},
                               {"b.ptr", 32, "DI"},
                               {"b.len", 40, "SI"},
                               {"b.cap", 48, "R8"}}) {
          CAPTURE(e.name);
          const Slot* s = slot(*m, e.name);
          REQUIRE(s != nullptr);
          CHECK(s->kind == SlotKind::spill);
          CHECK(s->offset_fp == e.offset);
          CHECK(s->reg == e.reg);
          bool has_been = false;
          for (std::size_t i = 0; i < stored; ++i) has_been |= line.stores[i].fp_offset == e.offset;
          CHECK((s->live == Liveness::yes) == has_been);
          if (!has_been) CHECK(s->live == Liveness::no);
        }
      }
    }
  }
}

// main.frames(first int64, text string, pair Point) int64; Point is two int16.
TEST_CASE("without debug information the spill code still tells registers and values") {
  for (const char* version : {"1.19", "1.24", "1.27"}) {
    auto path = lldbgo::testing::sample(version, "stripped");
    if (!path) continue;
    CAPTURE(version);
    FrameWorld w(*path);
    pass_in_registers(w);
    w.registers.set(Reg::rdi, 0xffff0009);  // the upper half of a register with a small integer is junk
    auto m = w.map(w.func("main.frames"), 0);
    REQUIRE(m);
    check_cover(*m);
    REQUIRE(m->args.size() == 3);
    CHECK(m->args[0].value == "0x7");
    CHECK(m->args[1].value == "{0xc000200000, 0x5}");
    CHECK(m->args[1].registers == std::vector<std::string>{"BX", "CX"});
    CHECK(m->args[2].value == "{0x9, 0x4}");
    CHECK(m->args[2].registers == std::vector<std::string>{"DI", "SI"});
    CHECK(m->args[2].name.empty());
    std::size_t spills = 0;
    for (const Slot& s : m->slots) {
      if (s.kind != SlotKind::spill) continue;
      ++spills;
      CHECK(s.live == Liveness::no);
    }
    CHECK(spills == 5);
  }
}

TEST_CASE("Go 1.15 passes everything on the stack") {
  auto path = lldbgo::testing::sample("1.15", "plain");
  if (!path) return;
  FrameWorld w(*path);
  w.abi = Abi::abi0;
  pass_on_stack(w);
  Func f = w.func("main.registers");
  for (std::uint64_t offset = 0; offset < 40; ++offset) {
    CAPTURE(offset);
    auto m = w.map(f, offset);
    REQUIRE(m);
    check_cover(*m);
    if (offset == 0) check_arguments(*m);
    for (const Expected& e : kExpected) {
      CAPTURE(e.name);
      const Argument* a = argument(*m, e.name);
      REQUIRE(a != nullptr);
      if (a->status == ArgStatus::live || a->status == ArgStatus::stale) CHECK(a->value == e.value);
    }
    const Slot* cap = slot(*m, "b.cap");
    REQUIRE(cap != nullptr);
    CHECK(cap->kind == SlotKind::arg);
    CHECK(cap->offset_fp == 48);
    CHECK(cap->value == 8);
    CHECK(m->slots.front().kind == SlotKind::result);
    CHECK(m->slots.front().offset_fp == 56);
  }
}

TEST_CASE("anchors and saved BP through the prologue") {
  for (const char* version : {"1.15", "1.19", "1.21", "1.27"}) {
    auto path = lldbgo::testing::sample(version, "noopt");
    if (!path) continue;
    CAPTURE(version);
    FrameWorld w(*path);
    Func f = w.func("main.registers");
    std::uint64_t end = f.end.value - f.entry.value;
    REQUIRE(end > 40);
    for (std::uint64_t offset = 0; offset < 40; ++offset) {
      auto m = w.map(f, offset);
      REQUIRE(m);
      CHECK(m->pseudo_fp == LoadAddr(FrameWorld::kFp));
      CHECK(m->pseudo_sp == m->pseudo_fp - 16);
      CHECK(m->hardware_sp == m->pseudo_fp - 8 - m->frame_size);
      CHECK(m->return_slot == m->pseudo_fp - 8);
      CHECK_FALSE(m->saved_bp_slot);  // the unwinder tells where it is; this stack was not unwound
      check_cover(*m);
    }
  }
}

TEST_CASE("what is not there is said") {
  auto path = lldbgo::testing::sample("1.24", "plain");
  if (!path) path = lldbgo::testing::sample("1.19", "plain");
  REQUIRE(path);
  FrameWorld w(*path);
  Func f = w.func("main.registers");
  Stack stack;
  CHECK(build_frame_map(*w.process, stack, 0).error().code == Errc::not_found);
  PhysicalFrame frame;
  frame.pc = LoadAddr(0x1234);
  stack.frames.push_back(frame);
  CHECK(build_frame_map(*w.process, stack, 0).error().code == Errc::unsupported);  // C code
  stack.frames[0].func = f;
  stack.frames[0].pc = w.process->to_load(f.entry);
  stack.frames[0].entries.push_back({"main.registers", "", 0, FuncId::normal, false, false});
  CHECK(build_frame_map(*w.process, stack, 0).error().code == Errc::unsupported);  // no frame size
  stack.frames[0].sp_delta = 16;
  stack.frames[0].sp = LoadAddr(0x1000);
  stack.frames[0].fp = LoadAddr(0x1000);
  CHECK(build_frame_map(*w.process, stack, 0).error().code == Errc::unsupported);  // fp not above sp
  stack.frames[0].fp = LoadAddr(0x1000 + (std::uint64_t{1} << 40));
  CHECK(build_frame_map(*w.process, stack, 0).error().code == Errc::malformed);  // a frame of a terabyte
  stack.frames[0].sp = LoadAddr(~std::uint64_t{0} - 100);
  stack.frames[0].fp = LoadAddr(~std::uint64_t{0} - 76);
  auto top = build_frame_map(*w.process, stack, 0);  // at the end of the address space, nothing readable
  REQUIRE(top);
  check_cover(*top);
  for (const Slot& s : top->slots) CHECK_FALSE(s.value);
  CHECK_FALSE(top->return_address);
  for (const Argument& a : top->args) CHECK(a.value.empty());
  // A frame of 100 MB is not read and not split word by word.
  stack.frames[0].fp = LoadAddr(0xc000100000);
  stack.frames[0].sp = LoadAddr(0xc000100000 - 100'000'000);
  auto huge = build_frame_map(*w.process, stack, 0);
  REQUIRE(huge);
  check_cover(*huge);
  CHECK(huge->slots.size() < 64);
}
