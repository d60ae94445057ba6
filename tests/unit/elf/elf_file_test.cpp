#include "core/elf/elf_file.h"

#include <elf.h>

#include <cstring>

#include "tests/unit/elf/sample.h"

using namespace lldbgo;

namespace {

template <class Record>
Record record_at(const std::vector<std::byte>& bytes, std::size_t at) {
  Record r;
  REQUIRE(at + sizeof r <= bytes.size());
  std::memcpy(&r, bytes.data() + at, sizeof r);
  return r;
}

template <class Record>
void store(std::vector<std::byte>& bytes, std::size_t at, const Record& r) {
  REQUIRE(at + sizeof r <= bytes.size());
  std::memcpy(bytes.data() + at, &r, sizeof r);
}

std::string trimmed(std::string s) {
  while (!s.empty() && s.back() == '\n') s.pop_back();
  return s;
}

}  // namespace

TEST_CASE("a Go binary of every version and build kind says what it is") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"plain", "stripped", "noopt", "pie", "cgo", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto elf = sample::open(version, variant);
      bool pie = variant.find("pie") != variant.npos;
      CHECK(elf->type() == (pie ? ET_DYN : ET_EXEC));
      CHECK(elf->position_independent() == pie);
      CHECK(elf->has_interpreter() == (pie || variant == "cgo"));
      CHECK(elf->has_symtab() == (variant != "stripped"));
      CHECK((elf->debug_section("info") != nullptr) == (variant != "stripped"));
      CHECK(elf->go_build_id() == trimmed(sample::text(sample::path(version, variant) + ".buildid")));
      REQUIRE(elf->section(".text") != nullptr);
      CHECK(elf->section(".text")->range().contains(elf->entry()));
      CHECK(elf->section("text") == nullptr);
      bool executable = false;
      for (const Segment& s : elf->segments())
        if (s.executable && s.range().contains(elf->entry())) executable = true;
      CHECK(executable);
      if (variant.find("cgo") != variant.npos) REQUIRE(elf->tls());
    }
  }
}

TEST_CASE("symbols have the addresses the program prints") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"plain", "pie", "cgo", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto elf = sample::open(version, variant);
      auto report = sample::report(version, variant);
      auto global = elf->symbol("main.globalShape");
      REQUIRE(global);
      CHECK(global->type == STT_OBJECT);
      CHECK(global->size == report.values.at("size main.Shape"));
      std::uint64_t slide = report.values.at("global main.globalShape") - global->address.value;
      CHECK(slide % 0x1000 == 0);
      CHECK((slide != 0) == elf->position_independent());
      CHECK(elf->symbol("main.globalCount")->address.value + slide == report.values.at("global main.globalCount"));
      for (const sample::Frame& f : report.frames) {
        INFO(f.function);
        auto symbol = elf->symbol_at(FileAddr(f.pc - slide));
        REQUIRE(symbol);
        CHECK(symbol->address.value + slide + f.offset == f.pc);
        std::string name = symbol->name;  // an assembly body is told from its wrapper by a suffix
        if (name.size() > 5 && name.substr(name.size() - 5) == ".abi0") name.resize(name.size() - 5);
        CHECK(name == f.function);
      }
      CHECK_FALSE(elf->symbol("main.nothing"));
      CHECK_FALSE(elf->symbol(""));
      CHECK_FALSE(elf->symbol_at(FileAddr(1)));
    }
  }
}

TEST_CASE("a stripped binary has no symbols and answers without") {
  auto elf = sample::open(sample::versions().back(), "stripped");
  CHECK_FALSE(elf->symbol("runtime.firstmoduledata"));
  CHECK_FALSE(elf->symbol_at(elf->entry()));
}

TEST_CASE("compressed debug sections inflate to what the linker writes with -compressdwarf=false") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto compressed = sample::open(version, "plain"), plain = sample::open(version, "uncompressed");
    for (const char* name : {"info", "frame", "abbrev"}) {
      INFO(name);
      const Section *a = compressed->debug_section(name), *b = plain->debug_section(name);
      REQUIRE(a != nullptr);
      REQUIRE(b != nullptr);
      CHECK(a->compressed);
      CHECK(a->name == (sample::minor(version) <= 18 ? ".zdebug_" : ".debug_") + std::string(name));
      CHECK_FALSE(b->compressed);
      CHECK(a->size == b->size);
      CHECK(a->file_size < b->file_size);
      auto left = compressed->contents(*a), right = plain->contents(*b);
      REQUIRE(left);
      REQUIRE(right);
      CHECK(std::equal(left->begin(), left->end(), right->begin(), right->end()));
      CHECK(compressed->contents(*a)->data() == left->data());  // cached
    }
  }
}

TEST_CASE("bytes come from the file-backed part of segments only") {
  auto elf = sample::open(sample::versions().back(), "plain");
  const Section* text = elf->section(".text");
  auto whole = elf->contents(*text);
  REQUIRE(whole);
  auto some = elf->bytes(text->address + 16, 64);
  REQUIRE(some);
  CHECK(std::equal(some->begin(), some->end(), whole->begin() + 16));
  CHECK(elf->bytes_from(text->address, 8).size() == 8);

  const Section* bss = elf->section(".bss");
  REQUIRE(bss != nullptr);
  CHECK(elf->contents(*bss).error().code == Errc::not_found);
  CHECK(elf->bytes(bss->address, 1).error().code == Errc::not_found);
  CHECK(elf->bytes_from(bss->address, 8).empty());
  CHECK(elf->bytes(FileAddr(0), 1).error().code == Errc::not_found);
  CHECK(elf->bytes(text->address, ~std::uint64_t{0}).error().code == Errc::not_found);
  CHECK(elf->bytes(FileAddr(~std::uint64_t{0}), 8).error().code == Errc::not_found);
  const Segment& first = elf->segments().front();
  CHECK(elf->bytes_from(first.address, ~std::uint64_t{0}).size() == first.file_size);
}

TEST_CASE("without section headers the segments answer") {
  auto bytes = sample::bytes(sample::path(sample::versions().back(), "stripped"));
  auto header = record_at<Elf64_Ehdr>(bytes, 0);
  header.e_shoff = 0;
  header.e_shnum = header.e_shstrndx = 0;
  store(bytes, 0, header);
  auto bare = ElfFile::from_bytes(bytes);
  REQUIRE(bare);
  auto elf = sample::open(sample::versions().back(), "stripped");
  CHECK((*bare)->sections().empty());
  CHECK((*bare)->segments().size() == elf->segments().size());
  CHECK((*bare)->go_build_id() == elf->go_build_id());
  CHECK((*bare)->entry() == elf->entry());
  CHECK((*bare)->bytes((*bare)->entry(), 16));
  CHECK_FALSE((*bare)->symbol("main.main"));
}

TEST_CASE("what is no x86-64 ELF file is refused with the reason") {
  auto good = sample::bytes(sample::path(sample::versions().back(), "stripped"));
  auto changed = [&](std::size_t at, int value) {
    auto bytes = good;
    bytes[at] = static_cast<std::byte>(value);
    return ElfFile::from_bytes(bytes);
  };
  auto file = ElfFile::open("/nonexistent/file");
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::not_found);
  CHECK(ElfFile::open("/").error().code == Errc::not_found);
  CHECK(ElfFile::open("/dev/null").error().code == Errc::not_found);
  CHECK(ElfFile::from_bytes({}).error().code == Errc::truncated);
  CHECK(ElfFile::from_bytes(Bytes(good).first(40)).error().code == Errc::truncated);
  CHECK(changed(0, 'M').error().code == Errc::malformed);
  CHECK(changed(EI_CLASS, ELFCLASS32).error().code == Errc::malformed);
  CHECK(changed(EI_DATA, ELFDATA2MSB).error().code == Errc::malformed);
  CHECK(changed(offsetof(Elf64_Ehdr, e_machine), EM_AARCH64).error().code == Errc::unsupported);
}

TEST_CASE("half a file") {
  std::string version = sample::versions().back();
  // GNU ld puts the section headers at the end: half its file has none.
  auto by_ld = sample::bytes("/proc/self/exe");
  auto half = ElfFile::from_bytes(Bytes(by_ld).first(by_ld.size() / 2));
  REQUIRE(half);
  CHECK((*half)->sections().empty());
  CHECK_FALSE((*half)->segments().empty());
  CHECK_FALSE((*half)->symbol("main"));
  // Go's linker puts them first.
  auto by_go = sample::bytes(sample::path(version, "plain"));
  half = ElfFile::from_bytes(Bytes(by_go).first(by_go.size() / 2));
  REQUIRE(half);
  std::size_t truncated = 0;
  for (const Section& s : (*half)->sections()) {
    auto contents = (*half)->contents(s);
    if (!contents && contents.error().code == Errc::truncated) ++truncated;
  }
  CHECK(truncated > 3);
  const Segment& last = (*half)->segments().back();
  CHECK_FALSE((*half)->bytes(last.address, last.file_size));
}

TEST_CASE("a section that lies about its size is refused, not believed") {
  std::string version = sample::versions().back();
  auto bytes = sample::bytes(sample::path(version, "plain"));
  auto elf = ElfFile::from_bytes(bytes);
  REQUIRE(elf);
  const Section* info = (*elf)->debug_section("info");
  REQUIRE(info != nullptr);
  REQUIRE((info->flags & SHF_COMPRESSED) != 0);
  auto reopened = [&] {
    auto again = ElfFile::from_bytes(bytes);
    REQUIRE(again);
    return *again;
  };
  auto chdr = record_at<Elf64_Chdr>(bytes, info->file_offset);
  auto with_size = [&](std::uint64_t size) {
    auto c = chdr;
    c.ch_size = size;
    store(bytes, info->file_offset, c);
    auto changed = reopened();
    return changed->contents(*changed->debug_section("info")).error().code;
  };
  CHECK(with_size(std::uint64_t{1} << 62) == Errc::limit);
  CHECK(with_size(info->file_size * 1032 + 2000) == Errc::limit);
  CHECK(with_size(chdr.ch_size + 1) == Errc::malformed);
  CHECK(with_size(chdr.ch_size - 1) == Errc::malformed);

  store(bytes, info->file_offset, chdr);

  auto header = record_at<Elf64_Ehdr>(bytes, 0);
  std::size_t at = header.e_shoff + info->index * sizeof(Elf64_Shdr);
  auto section = record_at<Elf64_Shdr>(bytes, at);
  section.sh_size = std::uint64_t{1} << 63;
  store(bytes, at, section);
  auto changed = reopened();
  CHECK(changed->contents(*changed->debug_section("info")).error().code == Errc::truncated);
}
