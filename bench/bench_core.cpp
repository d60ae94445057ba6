// The core library without a debugger: opening programs, and stacks and frame maps over a core file.
//
//   bench_core PROGRAM...                  opening, facts, lookups
//   bench_core --core EXECUTABLE CORE      stacks and frame maps as well
//   bench_core --translate PROGRAM...      the bridge's offline part, into an empty cache and from it
#include <cstring>
#include <filesystem>

#include "bench/timing.h"
#include "core/blocks/block_names.h"
#include "core/frame/frame_map.h"
#include "core/translate/cache.h"
#include "core/unwind/unwinder.h"
#include "tests/support/core_target.h"

using namespace lldbgo;
using bench::heading;
using bench::measure;

namespace {

/// The value, or the end of the program.
template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "bench_core: {}\n", result.error().text());
  std::exit(1);
}

std::shared_ptr<const GoImage> bench_image(const char* path) {
  heading(path);
  std::shared_ptr<const GoImage> image;
  measure("GoImage::open", 1, [&] { image = need(GoImage::open(path)); });
  measure("GoImage::open, file cached", 21, [&] { need(GoImage::open(path)); });
  measure("facts of go-info, first", 1, [&] {
    static_cast<void>(image->build_mode());
    static_cast<void>(image->cgo());
    if (image->dwarf() != nullptr) static_cast<void>(image->dwarf()->version());
  });
  const Pclntab& table = image->pclntab();
  std::size_t middle = table.function_count() / 2;
  FileAddr pc = need(table.at(middle)).entry + 8;
  measure("function, line and inlined frames of a pc, first", 1,
          [&] { need(table.logical_frames(need(table.find(pc)), pc)); });
  measure("function, line and inlined frames of a pc, 1000 pcs", 21, [&] {
    for (std::size_t i = 0; i < 1000; ++i) {
      FileAddr at = need(table.at(middle + i % (middle - 1))).entry + 1;
      static_cast<void>(table.logical_frames(need(table.find(at)), at));
    }
  });
  measure("functions by name, first (index)", 1, [&] { static_cast<void>(table.named("runtime.goexit")); });
  measure("functions by name, 1000 times", 21, [&] {
    for (int i = 0; i < 1000; ++i) static_cast<void>(table.named("runtime.goexit"));
  });
  Func busy = need(table.at(middle));
  std::size_t places = 0;
  auto explain = [&] {
    ImageBlocks blocks(image);
    for (const BlockSite& site : blocks.sites(busy)) static_cast<void>(place_name(*image, busy, site, site.destination));
  };
  measure("blocks cleared and copied: all functions", 3, [&] {
    ImageBlocks blocks(image);
    places = 0;
    std::size_t most = 0;
    for (std::size_t i = 0; i < table.function_count(); ++i) {
      Func f = need(table.at(i));
      std::size_t here = blocks.sites(f).size();
      places += here;
      if (here <= most || f.end.value - f.entry.value > 4096) continue;
      most = here;
      busy = f;
    }
  });
  measure("blocks cleared and copied: one function, with names, first", 1, explain);
  measure("blocks cleared and copied: one function, with names", 101, explain);
  fmt::print("{} places; the function is {}\n", places, busy.name);
  measure("offsets of runtime.g and runtime.m, first", 1, [&] { need(RuntimeLayout::resolve(*image)); });
  fmt::print("{} functions, {} {}\n", table.function_count(), image->version().text(), image->stripped() ? "stripped" : "");
  return image;
}

void bench_core(const char* executable, const char* core_file) {
  auto image = bench_image(executable);
  auto core = need(testing::CoreTarget::open(core_file));
  Slide slide;
  for (const Image& i : core->images()) {
    if (i.main && i.slide) slide = *i.slide;
  }
  heading(core_file);
  GoProcess process(image, slide, *core, *core, *core);
  std::unique_ptr<Scheduler> scheduler;
  measure("Scheduler::open", 1, [&] { scheduler = need(Scheduler::open(process)); });
  GoroutineList all;
  measure("list of goroutines, first", 1, [&] { all = need(scheduler->goroutines()); });
  measure("list of goroutines", 21, [&] { need(scheduler->goroutines()); });
  Unwinder unwinder(process, *scheduler);
  ThreadId thread = core->threads().at(0);
  Stack stack;
  measure("stack of a thread, first", 1, [&] { stack = need(unwinder.thread(thread)); });
  measure("stack of a thread", 101, [&] { need(unwinder.thread(thread)); });
  std::size_t frames = 0;
  auto every_stack = [&] {
    frames = 0;
    for (const Goroutine& g : all.goroutines) frames += need(unwinder.goroutine(g)).frames.size();
  };
  measure("stacks of all goroutines, first", 1, every_stack);
  measure("stacks of all goroutines", 11, every_stack);
  std::size_t at = 0;
  while (at + 1 < stack.frames.size() && !stack.frames[at].entries.back().function.starts_with("main.")) ++at;
  measure("frame map, first", 1, [&] { need(build_frame_map(process, stack, at)); });
  measure("frame map", 101, [&] { need(build_frame_map(process, stack, at)); });
  fmt::print("{} goroutines with {} frames; the thread's stack has {}, the map is of {}\n", all.goroutines.size(), frames,
             stack.frames.size(), stack.frames[at].entries.back().function);
}

void bench_translate(const char* program) {
  heading(program);
  std::filesystem::path folder = std::filesystem::temp_directory_path() / fmt::format("bench-translate-{}", getpid());
  auto translated = [&] {  // opened anew: nothing is inflated, parsed or hashed yet
    auto image = need(GoImage::open(program));
    return need(TranslationCache(folder).translated(*image));
  };
  measure("translate, all rewrites", 9, [&] {
    std::filesystem::remove_all(folder);
    translated();
  });
  measure("from the cache", 9, translated);
  std::filesystem::remove_all(folder);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--core") == 0) {
    bench_core(argv[2], argv[3]);
  } else if (argc > 2 && std::strcmp(argv[1], "--translate") == 0) {
    for (int i = 2; i < argc; ++i) bench_translate(argv[i]);
  } else if (argc > 1 && argv[1][0] != '-') {
    for (int i = 1; i < argc; ++i) bench_image(argv[i]);
  } else {
    fmt::print(stderr, "usage: bench_core PROGRAM... | bench_core --core EXECUTABLE CORE | bench_core --translate PROGRAM...\n");
    return 2;
  }
  return 0;
}
