// Duff's device in real programs of every kind, and what is said where it is missing or changed.
#include "core/blocks/image_blocks.h"

#include <algorithm>
#include <cstring>

#include "core/blocks/block_names.h"
#include "core/blocks/block_state.h"
#include "tests/support/fake_target.h"
#include "tests/support/samples.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

std::shared_ptr<const GoImage> opened(const std::string& version, const std::string& kind) {
  auto path = testing::fixture("examples/duff", version, kind);
  if (!path) {
    WARN("no Go " << version);
    return nullptr;
  }
  auto image = GoImage::open(*path);
  REQUIRE(image);
  return *image;
}

std::vector<std::byte> bytes_of(const GoImage& image) {
  Bytes all = image.elf().image();
  return {all.begin(), all.end()};
}

std::shared_ptr<const GoImage> from(const std::vector<std::byte>& bytes) {
  auto elf = ElfFile::from_bytes(bytes);
  REQUIRE(elf);
  auto image = GoImage::from_elf(*elf);
  REQUIRE(image);
  return *image;
}

std::vector<BlockSite> sites(const ImageBlocks& blocks, std::string_view function) {
  auto found = blocks.image().pclntab().named(function);
  REQUIRE(found.size() == 1);
  return blocks.sites(found[0]);
}

const BlockSite& of(const std::vector<BlockSite>& sites, BlockDevice device) {
  auto it = std::find_if(sites.begin(), sites.end(), [&](const BlockSite& s) { return s.device == device; });
  REQUIRE(it != sites.end());
  return *it;
}

}  // namespace

TEST_CASE("both routines, and the calls that main makes") {
  for (const char* version : {"1.15", "1.19", "1.25"}) {
    for (const char* kind : {"opt", "noopt", "pie", "stripped"}) {
      INFO(version << " " << kind);
      auto image = opened(version, kind);
      if (!image) continue;
      ImageBlocks blocks(image);
      REQUIRE(blocks.duff().size() == 2);
      for (const DuffInImage& d : blocks.duff()) {
        CHECK(d.mismatch.empty());
        CHECK_FALSE(d.by_code);
        CHECK(blocks.duff_at(d.at + 5) == &d);
        CHECK(blocks.duff_at(d.at + d.routine.size()) == nullptr);
      }
      CHECK(of(sites(blocks, "main.returnMax"), BlockDevice::duffzero).bytes == 80u);
      CHECK(of(sites(blocks, "main.double"), BlockDevice::duffcopy).offset == 826u);
      CHECK(of(sites(blocks, "main.clearPage"), BlockDevice::duffzero).offset == 0u);
      auto func = image->pclntab().named("main.double").at(0);
      CHECK(blocks.may_call_duff(func));
      CHECK_FALSE(blocks.may_call_duff(image->pclntab().named("main.sum").at(0)));
    }
  }
}

TEST_CASE("names of what is cleared and copied") {
  auto image = opened("1.24", "opt");
  if (!image) return;
  ImageBlocks blocks(image);
  Func func = image->pclntab().named("main.double").at(0);
  auto found = sites(blocks, "main.double");
  const BlockSite& copy = of(found, BlockDevice::duffcopy);
  CHECK(place_name(*image, func, copy, *copy.source) == "x");
  CHECK(place_text(*image, *copy.source) == "SP+0x10");
  Func page = image->pclntab().named("main.clearPage").at(0);
  auto clears = sites(blocks, "main.clearPage");
  const BlockSite& clear = of(clears, BlockDevice::duffzero);
  CHECK(place_name(*image, page, clear, clear.destination) == "*p");
}

TEST_CASE("routines whose names are mangled are found by their code") {
  auto image = opened("1.24", "stripped");
  if (!image) return;
  std::vector<std::byte> bytes = bytes_of(*image);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (std::string_view name : {"runtime.duffzero", "runtime.duffcopy"}) {
    std::size_t at = text.find(name);
    REQUIRE(at != std::string_view::npos);
    std::memcpy(bytes.data() + at, "Qx7", 3);
  }
  auto mangled = from(bytes);
  ImageBlocks blocks(mangled);
  REQUIRE(blocks.duff().size() == 2);
  CHECK(blocks.duff()[0].by_code);
  CHECK(of(sites(blocks, "main.returnMax"), BlockDevice::duffzero).bytes == 80u);
}

TEST_CASE("a routine that is not the version's is used as it is, and said") {
  auto image = opened("1.24", "opt");
  if (!image) return;
  std::vector<std::byte> bytes = bytes_of(*image);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  ImageBlocks before(image);
  Bytes code = before.code(image->pclntab().named("runtime.duffcopy").at(0));
  std::string_view routine(reinterpret_cast<const char*>(code.data()), 897);
  std::size_t at = text.find(routine);
  REQUIRE(at != std::string_view::npos);
  bytes[at + 63 * 14] = std::byte{0xc3};  // RET before the last block
  auto changed = from(bytes);
  ImageBlocks blocks(changed);
  const DuffInImage* copy = blocks.duff_of(BlockDevice::duffcopy);
  REQUIRE(copy != nullptr);
  CHECK_FALSE(copy->mismatch.empty());
  CHECK(of(sites(blocks, "main.double"), BlockDevice::duffcopy).bytes == 64u);
}

TEST_CASE("no Duff's device in Go 1.26 and later") {
  for (const char* version : {"1.26", "1.27"}) {
    auto image = opened(version, "opt");
    if (!image) continue;
    ImageBlocks blocks(image);
    CHECK(blocks.duff().empty());
    CHECK_FALSE(blocks.facts().exists);
    auto page = sites(blocks, "main.clearPage");
    REQUIRE(page.size() == 1);
    CHECK(page[0].bytes == 1024u);
    REQUIRE(page[0].loop);
    CHECK(page[0].loop->rounds == 16);
  }
}

TEST_CASE("how far a loop has come") {
  auto image = opened("1.27", "opt");
  if (!image) return;
  ImageBlocks blocks(image);
  Func func = image->pclntab().named("main.clearPage").at(0);
  auto found = sites(blocks, "main.clearPage");
  const BlockSite& site = found.at(0);
  REQUIRE(site.loop);
  testing::FakeTarget target;
  GoProcess process(image, Slide{}, target, target, target);
  constexpr std::uint64_t kPage = 0xc000010000;
  auto at = [&](std::uint64_t offset, std::uint64_t pointer, std::uint64_t counter) {
    BlockStop stop;
    stop.offset = offset;
    stop.fp = LoadAddr(0xc000050000);
    stop.registers.set(site.destination_reg, pointer);
    stop.registers.set(site.loop->counter, counter);
    return block_state(process, blocks, func, site, stop);
  };
  // Five of sixteen rounds are done, and one store of the sixth.
  auto state = at(site.head_stores[0].end, kPage + 5 * 64, 11);
  CHECK(state.where == BlockState::Where::inside);
  CHECK(state.done == 5u * 64 + 16);
  CHECK(state.remaining == 1024u - 5 * 64 - 16);
  CHECK(state.rounds_left == 11u);
  CHECK(state.destination == LoadAddr(kPage));
  // All stores of the sixth are done, the counter does not know yet.
  CHECK(at(site.head_stores.back().end, kPage + 5 * 64, 11).remaining == 10u * 64);
  CHECK(at(site.head_stores.back().end, kPage + 5 * 64, 11).rounds_left == 10u);
  // The pointer has moved, the counter has not.
  CHECK(at(site.loop->moved, kPage + 6 * 64, 11).destination == LoadAddr(kPage));
  // A counter that no run of the loop can have says nothing.
  CHECK_FALSE(at(site.head_stores[0].end, kPage, 17).done);
  CHECK_FALSE(at(site.head_stores[0].end, kPage, 0).done);
}
