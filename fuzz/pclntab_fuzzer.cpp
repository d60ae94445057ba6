// A real stripped Go program with some of its bytes changed: the input is a list of changes. All that is known of the program
// then comes from pclntab and moduledata, and everything is asked of them.
#include <elf.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "core/gofacts/go_image.h"
#include "core/pclntab/header.h"
#include "fuzz/input.h"
#include "tests/support/samples.h"

using namespace lldbgo;
using fuzz::require;

namespace {

/// A part of the file where changes matter.
struct Region {
  std::size_t offset = 0, size = 0;
};

struct Base {
  std::vector<std::byte> bytes;
  std::vector<Region> regions;
};

std::vector<Base> bases;

void add_base(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> raw((std::istreambuf_iterator<char>(in)), {});
  Base base;
  auto* start = reinterpret_cast<const std::byte*>(raw.data());
  base.bytes.assign(start, start + raw.size());
  auto elf = ElfFile::from_bytes(base.bytes);
  require(elf.has_value());
  auto image = GoImage::from_elf(*elf);
  require(image.has_value());
  auto region = [&](FileAddr at, std::uint64_t size) {
    for (const Segment& s : (*elf)->segments()) {
      if (s.range().contains(at)) base.regions.push_back({s.file_offset + (at.value - s.address.value), size});
    }
  };
  FileAddr table = (*image)->pclntab().header();
  PcHeader header = *parse_pc_header((*elf)->bytes_from(table, 1 << 22));
  region(table, 96);
  region(table + header.functab, header.functab_size);
  std::uint64_t records = header.record_base() + header.functab_size;
  region(table + std::max(records, header.functab + header.functab_size), 1 << 16);
  region(table + (header.pctab != 0 ? header.pctab : header.filetab), 1 << 15);
  region(table, 1 << 18);
  region((*image)->moduledata().address, 512);
  if (auto gofunc = (*image)->moduledata().gofunc) region(*gofunc, 1 << 14);
  for (Region& r : base.regions) r.size = std::min(r.size, base.bytes.size() - r.offset);
  bases.push_back(std::move(base));
}

void ask(const Pclntab& table, const Func& f, FileAddr pc) {
  static_cast<void>(table.sp_delta(f, pc));
  static_cast<void>(table.max_sp_delta(f));
  static_cast<void>(table.line(f, pc));
  if (auto frames = table.logical_frames(f, pc)) require(!frames->empty());
  auto index = table.pcdata(f, table.layout().pcdata.stack_map, pc);
  for (std::int32_t i : {index.value_or(-1), 0, 1 << 20}) {
    for (auto map : {table.args_map(f, i), table.locals_map(f, i)}) {
      if (!map || !*map) continue;
      for (std::int32_t word : {0, (*map)->words - 1, (*map)->words}) static_cast<void>((*map)->pointer(word));
    }
  }
  static_cast<void>(table.stack_objects(f));
  auto info = table.arg_info(f);
  auto live = table.arg_live(f, pc);
  if (info && live) require(live->size() <= 4096);
}

void ask(const GoImage& image) {
  static_cast<void>(image.build_mode());
  static_cast<void>(image.cgo());
  const Pclntab& table = image.pclntab();
  std::size_t n = table.function_count();
  std::size_t step = n / 24 + 1;
  for (std::size_t i = 0; i < n; i += i < 8 ? 1 : step) {
    auto f = table.at(i);
    if (!f) continue;
    for (std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{40}}) ask(table, *f, f->entry + offset);
    if (auto found = table.find(f->entry)) require(found->entry <= f->entry);
  }
  for (const char* name : {"main.main", "runtime.goexit", "nowhere"}) {
    for (const Func& f : table.named(name)) require(f.name == name);
  }
  static_cast<void>(table.find(table.text().lo - 1));
  static_cast<void>(table.find(table.text().hi));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  for (const std::string& version : testing::sample_versions()) {
    if (auto path = testing::sample(version, "stripped")) add_base(*path);
  }
  require(!bases.empty());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input in(data, size);
  Base& base = bases[in.u8() % bases.size()];
  std::vector<std::pair<std::size_t, std::byte>> undo;
  while (!in.empty()) {
    const Region& region = base.regions[in.u8() % base.regions.size()];
    std::size_t at = region.offset + in.u32() % region.size;
    for (unsigned n = in.u8() % 8 + 1; n > 0 && at < base.bytes.size(); --n, ++at) {
      undo.emplace_back(at, base.bytes[at]);
      base.bytes[at] = static_cast<std::byte>(in.u8());
    }
  }
  if (auto elf = ElfFile::from_bytes(base.bytes)) {
    if (auto image = GoImage::from_elf(*elf)) ask(**image);
  }
  for (auto it = undo.rbegin(); it != undo.rend(); ++it) base.bytes[it->first] = it->second;
  return 0;
}
