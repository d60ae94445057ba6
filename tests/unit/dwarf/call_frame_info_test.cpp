// Call frame information, against the sp and fp of the runtime's traceback.
#include "tests/unit/dwarf/sample_dwarf.h"

using namespace lldbgo;

namespace {

std::shared_ptr<const CallFrameInfo> open(std::shared_ptr<const ElfFile> elf) {
  auto cfi = CallFrameInfo::open(std::move(elf));
  INFO((cfi ? "" : cfi.error().text()));
  REQUIRE(cfi);
  return *cfi;
}

}  // namespace

TEST_CASE("the CFA of every frame is the runtime's fp") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"plain", "uncompressed", "noopt", "pie", "cgo", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      auto cfi = open(s.elf);
      for (const sample::Frame& frame : s.report.frames) {
        INFO(frame.function << " " << std::hex << frame.pc);
        auto row = cfi->row(s.file(frame.pc));
        INFO((row ? "" : row.error().text()));
        REQUIRE(row);
        CHECK(row->cfa_register == 7);
        CHECK(frame.sp + static_cast<std::uint64_t>(row->cfa_offset) == frame.fp);
        CHECK(row->return_address_offset == -8);
        CHECK_FALSE(row->from_eh_frame);
        CHECK_FALSE(row->rbp_offset);
        CHECK_FALSE(row->rbp_same);
        CHECK_FALSE(row->signal_frame);
      }
    }
  }
}

TEST_CASE("C code is described by .eh_frame") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"cgo", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto elf = sample::open(version, variant);
      auto cfi = open(elf);
      auto row = cfi->row(elf->symbol("sample_double")->address);
      REQUIRE(row);
      CHECK(row->from_eh_frame);
      CHECK(row->cfa_register == 7);
      CHECK(row->cfa_offset == 8);
      CHECK(row->return_address_offset == -8);
      CHECK(row->rbp_same);
      CHECK_FALSE(row->rbp_offset);
    }
  }
}

TEST_CASE("a procedure linkage table entry pushes its index at its eleventh byte") {
  auto elf = sample::open(sample::versions().back(), "cgo");
  auto cfi = open(elf);
  const Section* plt = elf->section(".plt");
  REQUIRE(plt != nullptr);
  for (std::uint64_t i = 16; i < 48; ++i) {
    auto row = cfi->row(plt->address + i);
    INFO(i << " " << (row ? "" : row.error().text()));
    REQUIRE(row);
    CHECK(row->cfa_register == 7);
    CHECK(row->cfa_offset == (i % 16 >= 11 ? 16 : 8));
  }
}

TEST_CASE("code without rules is not found") {
  auto elf = sample::open(sample::versions().back(), "plain");
  auto cfi = open(elf);
  CHECK(cfi->row(FileAddr(1)).error().code == Errc::not_found);
  CHECK(cfi->row(FileAddr(~std::uint64_t{0})).error().code == Errc::not_found);
  CHECK(CallFrameInfo::open(sample::open(sample::versions().back(), "stripped")).error().code == Errc::not_found);
}
