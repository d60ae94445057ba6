// Real programs with bytes of their tables changed: every answer is a value or an error, never a crash, a hang or a
// loop. Built with sanitizers this is a small fuzzer with a fixed seed.
#include <chrono>
#include <random>

#include "core/gofacts/go_image.h"
#include "tests/unit/catch.h"
#include "tests/unit/pclntab/samples.h"

using namespace lldbgo;

namespace {

std::size_t ask_everything(const Pclntab& table, const Func& f, FileAddr pc) {
  std::size_t answers = 0;
  answers += table.sp_delta(f, pc).has_value();
  answers += table.max_sp_delta(f).has_value();
  if (auto frames = table.logical_frames(f, pc)) {
    REQUIRE_FALSE(frames->empty());
    answers += frames->size();
  }
  std::int32_t map = table.pcdata(f, table.layout().pcdata.stack_map, pc).value_or(-1);
  answers += table.args_map(f, map).has_value() + table.locals_map(f, map).has_value();
  answers += table.stack_objects(f).has_value() + table.arg_info(f).has_value() + table.arg_live(f, pc).has_value();
  return answers;
}

// Of about sixty functions of the whole table, at three places each.
std::size_t ask_everything(const GoImage& image) {
  const Pclntab& table = image.pclntab();
  std::size_t answers = table.named("runtime.goexit").size();
  for (std::size_t i = 0; i < table.function_count(); i += table.function_count() / 60 + 1) {
    auto f = table.at(i);
    if (!f) continue;
    for (std::uint64_t offset : {0u, 20u, 90u}) answers += ask_everything(table, *f, f->entry + offset);
    answers += table.find(f->entry).has_value();
  }
  return answers;
}

struct Part {
  std::size_t offset, size;
};

// Where the bytes that we read lie in the file: the table, the function data, moduledata.
std::vector<Part> parts_of(const GoImage& image) {
  auto part = [&](FileAddr at, std::uint64_t size) {
    for (const Segment& s : image.elf().segments()) {
      if (s.range().contains(at)) return Part{s.file_offset + (at.value - s.address.value), size};
    }
    FAIL("no segment");
    return Part{};
  };
  FileAddr table = image.pclntab().header();
  std::vector<Part> parts = {part(table, 128), part(table, 1 << 19), part(image.moduledata().address, 0x200)};
  if (image.moduledata().gofunc) parts.push_back(part(*image.moduledata().gofunc, 1 << 14));
  return parts;
}

}  // namespace

TEST_CASE("changed bytes in the tables of real programs") {
  std::size_t opened = 0, refused = 0, answers = 0;
  for (const auto& sample : samples::all()) {
    if (sample.kind != "stripped" && sample.kind != "cgo-pie") continue;
    INFO(sample.name());
    auto original = samples::file_bytes(sample.path);
    auto whole = GoImage::open(sample.path);
    REQUIRE(whole);
    auto parts = parts_of(**whole);
    std::mt19937 random(static_cast<unsigned>(sample.minor));
    for (int round = 0; round < 60; ++round) {
      INFO("round " << round);
      auto bytes = original;
      const Part& part = parts[static_cast<std::size_t>(round) % parts.size()];
      int changes = round % 3 == 0 ? 1 : part.size > 0x1000 ? 2000 : 8;
      for (int i = 0; i < changes; ++i) {
        std::size_t at = part.offset + random() % part.size;
        if (at >= bytes.size()) continue;
        bytes[at] = round % 2 == 0 ? bytes[at] ^ std::byte(1u << random() % 8) : std::byte(random() & 0xff);
      }
      auto start = std::chrono::steady_clock::now();
      auto elf = ElfFile::from_bytes(bytes);
      REQUIRE(elf);
      if (auto image = GoImage::from_elf(*elf)) {
        ++opened;
        answers += ask_everything(**image);
      } else {
        ++refused;
        CHECK_FALSE(image.error().text().empty());
      }
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    }
  }
  CHECK(opened > 100);  // both must happen, or the test shows nothing
  CHECK(refused > 20);
  CHECK(answers > 100000);
}

TEST_CASE("programs cut short") {
  for (const auto& sample : samples::of_kind("stripped")) {
    INFO(sample.name());
    auto original = samples::file_bytes(sample.path);
    for (int part = 1; part < 24; ++part) {
      auto bytes = original;
      bytes.resize(original.size() * static_cast<std::size_t>(part) / 24);
      auto elf = ElfFile::from_bytes(bytes);
      if (!elf) continue;
      if (auto image = GoImage::from_elf(*elf)) ask_everything(**image);
    }
  }
}
