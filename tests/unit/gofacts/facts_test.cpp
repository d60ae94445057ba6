// The version tables against what real binaries say about themselves.
#include <map>

#include "core/gofacts/frame_facts.h"
#include "core/gofacts/go_image.h"
#include "core/gofacts/pclntab_facts.h"
#include "core/gofacts/struct_offsets.h"
#include "core/gofacts/wait_reasons.h"
#include "tests/unit/catch.h"
#include "tests/unit/pclntab/samples.h"

using namespace lldbgo;

namespace {

std::shared_ptr<const GoImage> open(const samples::Sample& sample) {
  auto image = GoImage::open(sample.path);
  if (!image) FAIL(sample.name() << ": " << image.error().text());
  return *image;
}

GoVersion go1(int minor) {
  GoVersion v;
  v.minor = minor;
  return v;
}

std::string go_string(const ElfFile& elf, FileAddr header) {
  auto words = elf.bytes(header, 16);
  REQUIRE(words);
  ByteReader r(*words);
  FileAddr data(r.u64());
  std::uint64_t size = r.u64();
  REQUIRE(size < 200);
  if (size == 0) return {};
  auto text = elf.bytes(data, size);
  REQUIRE(text);
  return {reinterpret_cast<const char*>(text->data()), text->size()};
}

}  // namespace

TEST_CASE("wait reasons are those of runtime.waitReasonStrings") {
  for (const auto& sample : samples::of_kind("static")) {
    INFO(sample.name());
    auto image = open(sample);
    auto table = image->elf().symbol("runtime.waitReasonStrings");
    REQUIRE(table);
    std::size_t count = table->size / 16;
    REQUIRE(count > 20);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(image->wait_reason(static_cast<std::uint8_t>(i)) == go_string(image->elf(), table->address + 16 * i));
    }
    CHECK(image->wait_reason(static_cast<std::uint8_t>(count)).empty());
  }
}

TEST_CASE("special functions have the numbers of their version") {
  const std::map<std::string, FuncId> expected = {
      {"runtime.goexit", FuncId::goexit},       {"runtime.mcall", FuncId::mcall},
      {"runtime.morestack", FuncId::morestack}, {"runtime.mstart", FuncId::mstart},
      {"runtime.rt0_go", FuncId::rt0_go},       {"runtime.asmcgocall", FuncId::asmcgocall},
      {"runtime.sigpanic", FuncId::sigpanic},   {"runtime.systemstack", FuncId::systemstack},
      {"runtime.gopanic", FuncId::gopanic},     {"runtime.systemstack_switch", FuncId::systemstack_switch},
      {"runtime.main", FuncId::runtime_main},   {"runtime.gcBgMarkWorker", FuncId::gc_bg_mark_worker},
      {"runtime.panicwrap", FuncId::panicwrap}, {"runtime.asyncPreempt", FuncId::async_preempt},
  };
  for (const auto& sample : samples::all()) {
    INFO(sample.name());
    auto image = open(sample);
    for (const auto& [name, id] : expected) {
      INFO(name);
      auto found = image->pclntab().named(name);
      REQUIRE_FALSE(found.empty());
      // An ABI wrapper shares the name of the body.
      CHECK(std::any_of(found.begin(), found.end(), [&](const Func& f) { return f.id == id; }));
      for (const Func& f : found) CHECK((f.id == id || f.id == FuncId::wrapper));
    }
    // The runtime's unwinder ends a goroutine's stack here.
    for (const Func& f : image->pclntab().named("runtime.goexit")) CHECK(top_frame(image->version(), f));
    for (const Func& f : image->pclntab().named("main.main")) CHECK_FALSE(top_frame(image->version(), f));
    auto gogo = image->pclntab().named(sample.minor >= 17 ? "gogo" : "runtime.gogo");
    REQUIRE(gogo.size() == 1);
    CHECK(writes_sp(image->version(), gogo[0]));
  }
}

TEST_CASE("measured struct offsets are those of the program's debug info") {
  for (const auto& sample : samples::of_kind("static")) {
    INFO(sample.name());
    auto image = open(sample);
    REQUIRE(image->dwarf() != nullptr);
    GoVersion v = go1(sample.minor);
    std::size_t compared = 0;
    for (const char* field :
         {"stack.lo", "sched.sp", "sched.bp", "m", "goid", "atomicstatus", "waitreason", "gopc", "startpc", "syscallsp",
          "syscallbp", "parentGoid", "waiting", "labels", "_panic", "_defer"}) {
      INFO(field);
      auto measured = measured_offset(v, "runtime.g", field);
      auto told = image->dwarf()->field_offset("runtime.g", field);
      REQUIRE(measured.has_value() == told.has_value());
      if (!measured) continue;
      CHECK(measured->value == *told);
      CHECK(measured->from == Provenance::table);
      ++compared;
    }
    CHECK(compared >= 14);
    CHECK(measured_size(v, "runtime.g")->value == *image->dwarf()->struct_size("runtime.g"));
    CHECK(measured_offset(v, "runtime.m", "curg")->value == *image->dwarf()->field_offset("runtime.m", "curg"));
    auto by_image = image->offset("runtime.g", "nothing|atomicstatus.value|atomicstatus");
    REQUIRE(by_image);
    CHECK(by_image->from == Provenance::dwarf);
    CHECK(by_image->value == measured_offset(v, "runtime.g", "atomicstatus")->value);
  }
  for (const auto& sample : samples::of_kind("stripped")) {
    auto image = open(sample);
    auto offset = image->offset("runtime.g", "goid");
    REQUIRE(offset);
    CHECK(offset->from == Provenance::table);
    CHECK(image->offset("runtime.g", "no_such_field").error().code == Errc::not_found);
  }
}

TEST_CASE("offsets say how well they are known") {
  CHECK(measured_offset(go1(16), "runtime.g", "goid")->from == Provenance::interpolated);
  CHECK(measured_offset(go1(28), "runtime.g", "goid")->from == Provenance::untested);
  CHECK(measured_offset(go1(28), "runtime.g", "goid")->value == measured_offset(go1(27), "runtime.g", "goid")->value);
  CHECK_FALSE(measured_offset(go1(14), "runtime.g", "goid"));
  CHECK_FALSE(measured_offset(go1(21), "runtime.g", "syscallbp"));
  CHECK_FALSE(measured_offset(go1(24), "runtime.nothing", "goid"));
}

TEST_CASE("goroutine states") {
  CHECK(status_name(4, go1(15)) == "waiting");
  CHECK(status_name(4 | kGscan, go1(15)) == "waiting");
  CHECK(status_name(9, go1(15)) == "preempted");
  CHECK(status_name(10, go1(25)).empty());
  CHECK(status_name(10, go1(26)) == "leaked");
  CHECK(status_name(5, go1(26)).empty());
  CHECK(status_name(0xffffffff, go1(26)).empty());
}

TEST_CASE("frame sizes of pclntab are those of .debug_frame") {
  std::size_t compared = 0, wrong = 0;
  for (const auto& sample : samples::of_kind("static")) {
    INFO(sample.name());
    auto image = open(sample);
    REQUIRE(image->cfi() != nullptr);
    const Pclntab& table = image->pclntab();
    for (std::size_t i = 0; i < table.function_count(); i += 3) {
      Func f = *table.at(i);
      for (FileAddr pc = f.entry; pc < f.end; pc = pc + 1) {
        auto delta = table.sp_delta(f, pc);
        auto row = image->cfi()->row(pc);
        if (!delta || !row) continue;  // padding
        ++compared;
        bool same = row->cfa_register == 7 && row->cfa_offset == static_cast<std::int64_t>(*delta) + 8;
        if (!same && ++wrong < 4) WARN(f.name << "+" << pc - f.entry << ": " << *delta << " and " << row->cfa_offset);
      }
    }
  }
  CHECK(wrong == 0);
  CHECK(compared > 500000);
}
