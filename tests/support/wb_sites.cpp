// Decodes every write barrier of programs, statically: wb_sites FILE... prints per file how many there are, and one
// line for each that is not decoded. Exit code 1: there was one.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <string>

#include "core/base/text.h"
#include "core/gofacts/go_image.h"
#include "core/insn/write_barrier.h"

using namespace lldbgo;

namespace {

bool is_barrier_code(std::string_view name) {
  return name.starts_with("runtime.gcWriteBarrier");
}

int count(const char* path) {
  auto image = GoImage::open(path);
  if (!image) {
    fmt::print(stderr, "{}: {}\n", path, image.error().text());
    return 1;
  }
  const GoImage& go = **image;
  std::map<FileAddr, BarrierRoutine> routines;
  for (std::string_view name : barrier_routine_names()) {
    for (const Func& f : go.pclntab().named(name)) routines[f.entry] = *barrier_routine(name);
  }
  auto routine_at = [&](FileAddr at) {
    auto found = routines.find(at);
    return found == routines.end() ? std::nullopt : std::optional(found->second);
  };
  std::optional<FileAddr> flag;
  if (auto at = go.global("runtime.writeBarrier")) flag = *at;
  std::size_t sites = 0, words = 0, unknown_roles = 0, untested = 0, unguarded = 0, bulk = 0, bad = 0;
  for (std::size_t i = 0; i < go.pclntab().function_count(); ++i) {
    auto f = go.pclntab().at(i);
    if (!f || is_barrier_code(f->name)) continue;
    Bytes code = go.elf().bytes_from(f->entry, f->end.value - f->entry.value);
    for (const BarrierSite& site : barrier_sites(code, f->entry, routine_at, flag)) {
      if (site.what.form == BarrierRoutine::Form::bulk) {
        ++bulk;
        continue;
      }
      ++sites;
      words += site.records.size();
      if (!site.test) ++untested;
      if (site.stores.empty()) ++unguarded;
      for (const BarrierRecord& record : site.records) {
        if (record.role == BarrierRole::value) ++unknown_roles;
      }
      if (site.decoded()) continue;
      ++bad;
      fmt::print("  {}+{:#x} at {}: {} of {} words\n", printable(f->name), site.call, hex(f->entry.value + site.call),
                 site.records.size(), site.what.words);
    }
  }
  fmt::print(
      "{} {}: {} sites, {} words, {} without a role, {} without a test, {} without a store, {} bulk calls, {} not "
      "decoded\n",
      path, go.version().text(), sites, words, unknown_roles, untested, unguarded, bulk, bad);
  return bad == 0 && sites > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  int failed = 0;
  for (int i = 1; i < argc; ++i) failed |= count(argv[i]);
  return failed;
}
