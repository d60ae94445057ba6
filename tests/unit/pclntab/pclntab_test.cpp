// Tables written by hand, in the layout of every Go version.
#include "core/pclntab/pclntab.h"

#include "core/gofacts/pclntab_facts.h"
#include "core/pclntab/pc_value.h"
#include "tests/unit/catch.h"
#include "tests/unit/pclntab/table_writer.h"

using namespace lldbgo;
using table_writer::Buffer;
using table_writer::kText;
using table_writer::Values;
using table_writer::Writer;

namespace {

PclntabLayout layout_of(int minor) {
  GoVersion v;
  v.minor = minor;
  return pclntab_layout(v);
}

std::size_t raw_id(const PclntabLayout& layout, FuncId id) {
  return static_cast<std::size_t>(std::find(layout.func_ids.begin(), layout.func_ids.end(), id) -
                                  layout.func_ids.begin());
}

std::vector<std::byte> stack_map(std::int32_t words, std::vector<unsigned> maps) {
  Buffer b;
  b.u32(maps.size());
  b.put(words);
  for (unsigned m : maps) b.u8(m);
  return b.bytes;
}

// main.work, 0x40 bytes, with main.inner inlined into main.outer inlined into it at [0x18, 0x20), and main.last.
Writer example(int minor) {
  PclntabLayout layout = layout_of(minor);
  Writer w(layout);
  w.files = {"work.go", "inline.go"};
  int first = layout.has_cu_offset ? 0 : 1;  // 1.15 counts files from 1

  table_writer::Function work;
  work.name = "main.work";
  work.size = 0x40;
  work.args = 24;
  work.flag = 5;
  work.start_line = 9;
  work.pcsp = {{0, 4}, {0x28, 0x38}, {0, 4}};
  work.pcfile = {{first, 0x18}, {first + 1, 8}, {first, 0x20}};
  work.pcln = {{10, 0x10}, {11, 8}, {52, 8}, {12, 0x20}};
  work.pcdata = {{{-1, 0x40}}, {{-1, 8}, {0, 8}, {1, 0x30}}, {{-1, 0x10}, {0, 8}, {1, 8}, {-1, 0x20}}};
  work.inlined = {{"main.outer", 0, 0xf, 40},
                  {"main.inner", static_cast<std::uint8_t>(raw_id(layout, FuncId::wrapper)), 0x10, 50}};
  auto index = [](int i) { return static_cast<std::size_t>(i); };
  work.funcdata.resize(8);
  work.funcdata[index(layout.funcdata.args_pointer_maps)] = stack_map(3, {0b001, 0b101});
  work.funcdata[index(layout.funcdata.locals_pointer_maps)] = stack_map(9, {1, 0, 0, 1});

  table_writer::Function last;
  last.name = "runtime.sigpanic";
  last.size = 0x10;
  last.args = std::numeric_limits<std::int32_t>::min();
  last.id = static_cast<std::uint8_t>(raw_id(layout, FuncId::sigpanic));
  last.flag = 2;
  w.functions = {work, last};
  return w;
}

FileAddr at(std::uint64_t offset) {
  return FileAddr(kText + offset);
}

}  // namespace

TEST_CASE("functions, frame sizes and lines in every version's layout") {
  for (int minor = 15; minor <= 27; ++minor) {
    INFO("go1." << minor);
    Writer w = example(minor);
    auto elf = w.elf();
    auto found = find_pclntab(*elf);
    REQUIRE(found);
    CHECK(*found == w.header());
    auto opened = Pclntab::open(elf, *found, layout_of(minor), w.bases());
    if (!opened) FAIL(opened.error().text());
    const Pclntab& table = **opened;
    CHECK(table.function_count() == 2);
    CHECK(table.text() == Range<FileAddr>{at(0), at(0x50)});

    auto f = table.find(at(0x3f));
    REQUIRE(f);
    CHECK(f->name == "main.work");
    CHECK(f->entry == at(0));
    CHECK(f->end == at(0x40));
    CHECK(f->args == 24);
    CHECK(f->id == FuncId::normal);
    CHECK(f->flags.top_frame == (minor >= 17));
    CHECK(f->flags.assembly == (minor >= 18));
    CHECK(f->start_line == (minor >= 20 ? 9 : 0));

    auto g = table.find(at(0x40));
    REQUIRE(g);
    CHECK(g->name == "runtime.sigpanic");
    CHECK(g->id == FuncId::sigpanic);
    CHECK_FALSE(g->args);
    CHECK(g->flags.sp_write == (minor >= 17));
    CHECK_FALSE(table.find(at(0x50)));
    CHECK_FALSE(table.find(at(0) - 1));
    CHECK(table.named("main.work").size() == 1);
    CHECK(table.named("main.nothing").empty());

    CHECK(*table.sp_delta(*f, at(3)) == 0);
    CHECK(*table.sp_delta(*f, at(4)) == 0x28);
    CHECK(*table.sp_delta(*f, at(0x3b)) == 0x28);
    CHECK(*table.sp_delta(*f, at(0x3c)) == 0);
    CHECK(*table.max_sp_delta(*f) == 0x28);
    CHECK(table.sp_delta(*g, at(0x40)).error().code == Errc::not_found);

    auto frames = table.logical_frames(*f, at(0x1f));
    REQUIRE(frames);
    REQUIRE(frames->size() == 3);
    CHECK((*frames)[0].function == "main.inner");
    CHECK((*frames)[0].id == FuncId::wrapper);
    CHECK((*frames)[0].where.file == "inline.go");
    CHECK((*frames)[0].where.line == 52);
    CHECK((*frames)[0].start_line == (minor >= 20 ? 50 : 0));
    CHECK((*frames)[1].function == "main.outer");
    CHECK((*frames)[1].where.file == "work.go");
    CHECK((*frames)[1].where.line == 11);
    CHECK((*frames)[1].inlined);
    CHECK((*frames)[2].function == "main.work");
    CHECK((*frames)[2].where.line == 10);
    CHECK_FALSE((*frames)[2].inlined);

    auto args = table.args_map(*f, *table.pcdata(*f, table.layout().pcdata.stack_map, at(0x20)));
    REQUIRE(args);
    REQUIRE(*args);
    CHECK((*args)->words == 3);
    CHECK((*args)->pointer(0));
    CHECK_FALSE((*args)->pointer(1));
    CHECK((*args)->pointer(2));
    CHECK_FALSE((*args)->pointer(3));
    CHECK_FALSE((*args)->pointer(-1));
    // -1 is the map at entry; two bytes a map of nine words.
    CHECK_FALSE((*table.args_map(*f, -1))->pointer(2));
    CHECK((*table.locals_map(*f, 1))->pointer(8));
    CHECK_FALSE((*table.locals_map(*f, 1))->pointer(0));
    CHECK(table.args_map(*f, 2).error().code == Errc::malformed);
    CHECK_FALSE(*table.args_map(*g, 0));
  }
}

TEST_CASE("a pc-value table") {
  // +5 for 3 bytes, then -9 for 128 bytes, then the end; uvarints 0x0c = zig-zag(6), 0x11 = zig-zag(-9).
  const std::byte raw[] = {std::byte{0x0c}, std::byte{3}, std::byte{0x11}, std::byte{0x80}, std::byte{1}, std::byte{0}};
  PcValues values(raw, 0, {FileAddr(0x1000), FileAddr(0x2000)});
  REQUIRE(values.next());
  CHECK(values.value() == 5);
  CHECK(values.range() == Range<FileAddr>{FileAddr(0x1000), FileAddr(0x1003)});
  REQUIRE(values.next());
  CHECK(values.value() == -4);
  CHECK(values.range().hi == FileAddr(0x1083));
  CHECK_FALSE(values.next());
  CHECK(values.ok());

  PcValues cut(Bytes(raw).first(4), 0, {FileAddr(0x1000), FileAddr(0x2000)});
  CHECK(cut.next());
  CHECK_FALSE(cut.next());
  CHECK_FALSE(cut.ok());
}

TEST_CASE("stack objects in every version's record") {
  for (int minor : {17, 18, 24}) {
    INFO("go1." << minor);
    Writer w = example(minor);
    Buffer b;
    b.u64(2);
    for (auto [off, size] : {std::pair{-0x20, 24}, std::pair{8, 16}}) {
      b.put(std::int32_t(off));
      b.put(std::int32_t(size));
      b.u32(8);
      b.u32(0);
      if (minor == 17) b.u64(0);
    }
    auto layout = layout_of(minor);
    w.functions[0].funcdata[static_cast<std::size_t>(layout.funcdata.stack_objects)] = b.bytes;
    auto elf = w.elf();
    auto table = Pclntab::open(elf, w.header(), layout, w.bases());
    REQUIRE(table);
    auto objects = (*table)->stack_objects(*(*table)->at(0));
    REQUIRE(objects);
    REQUIRE(objects->size() == 2);
    CHECK((*objects)[0].offset == -0x20);
    CHECK((*objects)[0].size == 24);
    CHECK((*objects)[1].offset == 8);
    CHECK((*objects)[1].size == 16);
  }
}

TEST_CASE("argument info and its liveness") {
  using Kind = ArgComponent::Kind;
  Writer w = example(24);
  auto layout = layout_of(24);
  Buffer info, live;
  for (unsigned byte : {0, 8, 0xfe, 8, 8, 16, 8, 0xfd, 0xfb, 24, 1, 0xfc, 0xff}) info.u8(byte);
  for (unsigned byte : {8, 0b101}) live.u8(byte);  // what lies below offset 8 is always live
  w.functions[0].funcdata[static_cast<std::size_t>(layout.funcdata.arg_info)] = info.bytes;
  w.functions[0].funcdata[static_cast<std::size_t>(layout.funcdata.arg_live_info)] = live.bytes;
  w.functions[0].pcdata.push_back({{-1, 0x10}, {1, 0x30}});
  auto elf = w.elf();
  auto table = Pclntab::open(elf, w.header(), layout, w.bases());
  REQUIRE(table);
  Func f = *(*table)->at(0);
  auto args = (*table)->arg_info(f);
  REQUIRE(args);
  std::vector<Kind> kinds;
  for (const ArgComponent& a : *args) kinds.push_back(a.kind);
  CHECK(kinds == std::vector{Kind::value, Kind::open, Kind::value, Kind::value, Kind::close, Kind::offset_too_large,
                             Kind::value, Kind::dots});
  CHECK((*args)[3].offset == 16);
  CHECK((*args)[3].size == 8);
  CHECK((*args)[6].size == 1);
  CHECK((*table)->arg_live(f, at(8))->empty());
  CHECK(*(*table)->arg_live(f, at(0x10)) == std::vector{true, true, false, true});
}

TEST_CASE("tables that lie are refused, not followed") {
  auto layout = layout_of(24);
  auto open = [&](Writer& w) {
    auto elf = w.elf();
    return Pclntab::open(elf, w.header(), layout, w.bases());
  };
  SECTION("the magic of another version") {
    Writer w = example(24);
    w.magic = 0xfffffffa;
    CHECK_FALSE(open(w));
    w.magic = 0xfffffff7;
    CHECK(open(w).error().code == Errc::unsupported);
  }
  SECTION("an inline tree whose calls are their own parents") {
    Writer w = example(24);
    w.functions[0].inlined[1].parent_pc = 0x19;
    auto table = open(w);
    REQUIRE(table);
    auto frames = (*table)->logical_frames(*(*table)->at(0), at(0x19));
    REQUIRE_FALSE(frames);
    CHECK(frames.error().code == Errc::malformed);
  }
  SECTION("an inlined call whose parent is in another function") {
    Writer w = example(24);
    w.functions[0].inlined[1].parent_pc = 0x40;
    auto table = open(w);
    REQUIRE(table);
    CHECK((*table)->logical_frames(*(*table)->at(0), at(0x19)).error().code == Errc::malformed);
  }
  SECTION("a negative frame size") {
    Writer w = example(24);
    w.functions[0].pcsp = {{0, 4}, {-16, 0x3c}};
    auto table = open(w);
    REQUIRE(table);
    CHECK((*table)->sp_delta(*(*table)->at(0), at(8)).error().code == Errc::malformed);
  }
  SECTION("pointer maps without end") {
    Writer w = example(24);
    w.functions[0].funcdata[0] = stack_map(0x7fffffff, {1});
    auto table = open(w);
    REQUIRE(table);
    CHECK((*table)->args_map(*(*table)->at(0), 0).error().code == Errc::malformed);
  }
  SECTION("every truncation") {
    Writer w = example(24);
    w.elf();
    auto whole = w.image();
    for (std::size_t size = 0; size < whole.size(); size += size < 0x400 ? 1 : 97) {
      auto elf = Writer::elf_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      auto table = Pclntab::open(elf, w.header(), layout, w.bases());
      if (!table) continue;
      for (std::uint64_t pc = 0; pc < 0x50; ++pc) {
        auto f = (*table)->find(at(pc));
        if (f) (void)(*table)->logical_frames(*f, at(pc));
      }
    }
  }
}
