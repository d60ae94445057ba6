// Three witnesses of the calling convention: types laid out by it, the linker's _func.args, and the spill code that the
// compiler wrote. They must agree for every function of a program.
#include "core/frame/prototype.h"

#include "tests/unit/frame/frame_world.h"

using namespace lldbgo;
using namespace lldbgo::test;

namespace {

std::optional<Abi> abi_of(const GoImage& image, const Func& f) {
  if (!image.register_abi()) return Abi::abi0;
  if (!f.flags.assembly && f.id != FuncId::wrapper) return Abi::internal;
  auto symbol = image.elf().symbol(std::string(f.name) + ".abi0");
  return symbol && symbol->address == f.entry ? Abi::abi0 : Abi::internal;
}

/// Blank parameters have no debug entry up to Go 1.21 or so; nothing else may be missing.
bool may_lack_parameters(const std::string& version) {
  return version == "1.15" || version == "1.19" || version == "1.21";
}

}  // namespace

TEST_CASE("types, _func.args and spill code agree for every function") {
  std::size_t programs = 0;
  for (const char* version : {"1.15", "1.19", "1.21", "1.22", "1.23", "1.24", "1.25", "1.26", "1.27"}) {
    auto path = lldbgo::testing::sample(version, "plain");
    if (!path) {
      WARN("no sample of Go " << version << ": skipped");
      continue;
    }
    ++programs;
    CAPTURE(version);
    FrameWorld w(*path);
    const Pclntab& table = w.image->pclntab();
    std::size_t exact = 0, spilling = 0, wrong = 0, odd_frames = 0;
    std::string who;
    for (std::size_t i = 0; i < table.function_count(); ++i) {
      auto f = table.at(i);
      REQUIRE(f);
      Stack stack;
      PhysicalFrame frame;
      frame.pc = w.process->to_load(f->entry);
      frame.sp = LoadAddr(FrameWorld::kFp - 8);
      frame.fp = LoadAddr(FrameWorld::kFp);
      frame.sp_delta = 0;
      frame.func = *f;
      frame.abi = abi_of(*w.image, *f);
      stack.frames.push_back(frame);
      auto c = frame_context(*w.process, stack, 0);
      REQUIRE(c);
      bool from_go = c->dwarf && !c->dwarf->parameters.empty();
      if (!from_go) continue;
      Prototype p = prototype(*c);
      exact += p.exact;
      spilling += p.exact && c->grow && !c->grow->stores.empty();
      if (!p.exact && wrong++ < 20)
        who += "\n" + std::string(f->name) + ": " + (c->problems.empty() ? "" : c->problems.front());
      auto largest = table.max_sp_delta(*f);
      if (largest && *largest != c->prologue.frame_bytes && odd_frames++ < 3) UNSCOPED_INFO(f->name << ": frame size");
    }
    INFO(who);
    CHECK(exact > 500);
    CHECK(odd_frames == 0);
    if (std::string(version) != "1.15") CHECK(spilling > 300);
    if (may_lack_parameters(version)) {
      CHECK(wrong * 100 < exact);
    } else {
      CHECK(wrong == 0);
    }
  }
  CHECK(programs > 0);
}

TEST_CASE("assembly gets its types from the ABI wrapper") {
  for (const char* version : {"1.19", "1.24", "1.27"}) {
    auto path = lldbgo::testing::sample(version, "plain");
    if (!path) continue;
    CAPTURE(version);
    FrameWorld w(*path);
    w.abi = Abi::abi0;
    auto m = w.map(w.func("example.org/asm.Add", true), 0);
    REQUIRE(m);
    check_cover(*m);
    REQUIRE(m->args.size() == 3);
    CHECK(m->args[0].name == "a");
    CHECK(m->args[0].type == "int64");
    CHECK(m->args[0].offset_fp == 0);
    CHECK(m->args[0].status == ArgStatus::live);
    CHECK(m->args[1].offset_fp == 8);
    CHECK(m->args[2].result);
    CHECK(m->args[2].offset_fp == 16);
    CHECK(m->pseudo_sp == m->hardware_sp);
    CHECK(m->pseudo_fp == m->hardware_sp + 8);
    CHECK(m->slots.size() == 4);
  }
}
