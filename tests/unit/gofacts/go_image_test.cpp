#include "core/gofacts/go_image.h"

#include <elf.h>

#include <cstring>

#include "tests/unit/catch.h"
#include "tests/unit/pclntab/samples.h"

using namespace lldbgo;

namespace {

std::vector<std::byte> without(std::vector<std::byte> file, std::string_view mark) {
  std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::size_t hits = 0;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1), ++hits) {
    std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(at), mark.size(), std::byte{0});
  }
  REQUIRE(hits > 0);
  return file;
}

std::vector<std::byte> without_sections(std::vector<std::byte> file) {
  Elf64_Ehdr e;
  std::memcpy(&e, file.data(), sizeof e);
  e.e_shoff = 0;
  e.e_shnum = e.e_shstrndx = 0;
  std::memcpy(file.data(), &e, sizeof e);
  return file;
}

Result<std::shared_ptr<const GoImage>> open_bytes(const std::vector<std::byte>& bytes) {
  auto elf = ElfFile::from_bytes(bytes);
  if (!elf) return pass(elf);
  return GoImage::from_elf(*elf);
}

void same_tables(const GoImage& a, const GoImage& b) {
  CHECK(a.pclntab().header() == b.pclntab().header());
  CHECK(a.pclntab().text() == b.pclntab().text());
  CHECK(a.moduledata().address == b.moduledata().address);
  CHECK(a.moduledata().gofunc == b.moduledata().gofunc);
}

}  // namespace

TEST_CASE("what a program is") {
  for (const auto& sample : samples::all()) {
    INFO(sample.name());
    auto opened = GoImage::open(sample.path);
    if (!opened) FAIL(opened.error().text());
    const GoImage& image = **opened;
    CHECK(image.version().major == 1);
    CHECK(image.version().minor == sample.minor);
    CHECK(std::string(image.version_source()) == "buildinfo");
    CHECK(image.support() == Support::tested);
    CHECK(image.problems().empty());
    CHECK(image.stripped() == !sample.has_symbols());
    CHECK(image.cgo() == sample.cgo());
    CHECK(image.register_abi() == (sample.minor >= 17));
    std::string mode = sample.kind == "c-shared" ? "c-shared" : sample.kind.ends_with("pie") ? "pie" : "exe";
    CHECK(image.build_mode() == mode);
    CHECK((image.dwarf() != nullptr) == sample.has_symbols());
    const Moduledata& m = image.moduledata();
    CHECK(m.text.lo <= image.pclntab().text().lo);
    CHECK(image.pclntab().text().hi <= m.text.hi);
    if (!sample.has_symbols()) continue;
    CHECK(image.elf().symbol("runtime.firstmoduledata")->address == m.address);
    CHECK(image.elf().symbol("runtime.pclntab")->address == image.pclntab().header());
    CHECK(image.elf().symbol("runtime.text")->address == m.text.lo);
    CHECK(image.elf().symbol("runtime.types")->address == m.types.lo);
    CHECK(image.global("runtime.allgs") == image.elf().symbol("runtime.allgs")->address);
    if (m.gofunc) CHECK(image.elf().symbol(sample.minor >= 20 ? "go:func.*" : "go.func.*")->address == *m.gofunc);
  }
}

TEST_CASE("tables are found without section headers") {
  for (const auto& sample : samples::all()) {
    if (sample.kind == "noopt" || sample.kind == "trimmed") continue;
    INFO(sample.name());
    auto whole = GoImage::open(sample.path);
    REQUIRE(whole);
    auto bare = open_bytes(without_sections(samples::file_bytes(sample.path)));
    if (!bare) FAIL(bare.error().text());
    same_tables(**whole, **bare);
    CHECK((*bare)->version().minor == sample.minor);
    CHECK((*bare)->stripped());
  }
}

TEST_CASE("the version without build info") {
  for (const auto& sample : samples::all()) {
    if (sample.kind != "static" && sample.kind != "pie" && sample.kind != "cgo-stripped" && sample.kind != "stripped")
      continue;
    INFO(sample.name());
    auto image = open_bytes(without(samples::file_bytes(sample.path), "\xff Go buildinf:"));
    if (!image) FAIL(image.error().text());
    auto whole = GoImage::open(sample.path);
    same_tables(**whole, **image);
    if (sample.has_symbols()) {
      CHECK(std::string((*image)->version_source()) == "symbol");
      CHECK((*image)->version().minor == sample.minor);
      CHECK((*image)->support() == Support::tested);
    } else {
      // The format tells a few versions; the newest of them is taken, and said to be a guess.
      CHECK(std::string((*image)->version_source()) == "pclntab");
      CHECK((*image)->support() == Support::untested);
      CHECK_FALSE((*image)->problems().empty());
      CHECK((*image)->version().minor >= sample.minor);
      CHECK((*image)->offset("runtime.g", "goid")->from == Provenance::guessed);
      for (const Func& f : (*whole)->pclntab().named("main.many")) {
        CHECK((*image)->pclntab().logical_frames(f, f.entry)->front().where.line ==
              (*whole)->pclntab().logical_frames(f, f.entry)->front().where.line);
      }
    }
  }
}

TEST_CASE("the compiler's name in DWARF is the third source") {
  for (const auto& sample : samples::of_kind("static")) {
    INFO(sample.name());
    auto bytes = without(samples::file_bytes(sample.path), "\xff Go buildinf:");
    auto image = open_bytes(without(std::move(bytes), "runtime.buildVersion"));
    REQUIRE(image);
    CHECK(std::string((*image)->version_source()) == "dwarf");
    CHECK((*image)->version().minor == sample.minor);
  }
}

TEST_CASE("what is no Go program") {
  CHECK(GoImage::open("/bin/sh").error().code == Errc::not_go);
  CHECK(GoImage::open("/nonexistent").error().code == Errc::not_found);
  CHECK_FALSE(GoImage::open("/etc/passwd"));
}

TEST_CASE("a program that is newer or older than we know") {
  auto sample = samples::of_kind("stripped").back();
  auto patched = [&](std::string_view to) {
    auto bytes = samples::file_bytes(sample.path);
    std::string from = (*GoImage::open(sample.path))->version().text();
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    REQUIRE(from.size() == to.size());
    std::size_t info = text.find("\xff Go buildinf:");
    REQUIRE(info != std::string_view::npos);
    std::size_t at = text.find(from, info);
    REQUIRE(at < info + 64);
    std::memcpy(bytes.data() + at, to.data(), to.size());
    return open_bytes(bytes);
  };
  auto newer = patched("go1.99.4");
  REQUIRE(newer);
  CHECK((*newer)->support() == Support::untested);
  CHECK((*newer)->problems().size() == 1);
  CHECK((*newer)->offset("runtime.g", "goid")->from == Provenance::untested);

  auto older = patched("go1.11.4");
  REQUIRE_FALSE(older);
  CHECK(older.error().code == Errc::unsupported);

  // Contradicted by the table's magic: not believed.
  auto wrong = patched("go1.17.4");
  REQUIRE(wrong);
  CHECK(std::string((*wrong)->version_source()) == "pclntab");
  CHECK((*wrong)->problems().size() == 2);
}
