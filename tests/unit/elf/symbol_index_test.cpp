#include "core/elf/symbol_index.h"

#include <elf.h>

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

struct Table {
  std::vector<Elf64_Sym> symbols{{}};
  std::string strings = std::string(1, '\0');

  Table& add(const std::string& name, std::uint64_t value, std::uint64_t size, unsigned type = STT_FUNC,
             std::uint16_t section = 1) {
    Elf64_Sym s{};
    s.st_name = static_cast<Elf64_Word>(strings.size());
    s.st_info = ELF64_ST_INFO(STB_LOCAL, type);
    s.st_shndx = section;
    s.st_value = value;
    s.st_size = size;
    symbols.push_back(s);
    strings += name + '\0';
    return *this;
  }
  SymbolTable table() const { return {std::as_bytes(std::span(symbols)), std::as_bytes(std::span(strings))}; }
};

}  // namespace

TEST_CASE("a name finds its first defined symbol") {
  Table t;
  t.add("a", 0, 0, STT_FUNC, SHN_UNDEF).add("a", 0x100, 8).add("a", 0x200, 8).add("b", 0x300, 0, STT_OBJECT);
  t.add("file.c", 0, 0, STT_FILE, SHN_ABS).add(".text", 0x100, 0, STT_SECTION);
  SymbolTable table = t.table();
  NameIndex index(table);
  REQUIRE(index.find("a"));
  CHECK(index.find("a")->value == 0x100);
  CHECK(index.find("b")->type == STT_OBJECT);
  CHECK_FALSE(index.find("file.c"));
  CHECK_FALSE(index.find(".text"));
  CHECK_FALSE(index.find("c"));
}

TEST_CASE("an address finds the innermost symbol that covers it") {
  Table t;
  t.add("outer", 0x1000, 0x1000, STT_OBJECT).add("inner", 0x1100, 0x10).add("marker", 0x1108, 0);
  t.add("after", 0x3000, 1).add("wraps", ~std::uint64_t{0} - 1, 0x10).add("tls", 0x3000, 0x100, STT_TLS);
  SymbolTable table = t.table();
  AddressIndex index(table);
  struct Row {
    std::uint64_t at;
    const char* name;
  };
  for (Row row : {Row{0x0fff, ""},
                  {0x1000, "outer"},
                  {0x10ff, "outer"},
                  {0x1100, "inner"},
                  {0x110f, "inner"},
                  {0x1110, "outer"},
                  {0x1fff, "outer"},
                  {0x2000, ""},
                  {0x3000, "after"},
                  {0x3001, ""},
                  {~std::uint64_t{0}, ""}}) {
    INFO(std::hex << row.at);
    auto found = index.find(FileAddr(row.at));
    CHECK((found ? found->name : "") == row.name);
  }
}

TEST_CASE("names outside of the string table are skipped") {
  Table t;
  t.add("good", 0x100, 8).add("bad", 0x200, 8);
  t.symbols.back().st_name = 0xffffffff;
  t.strings.resize(t.strings.size() - 1);  // "bad" loses its NUL
  SymbolTable table = t.table();
  CHECK(NameIndex(table).find("good"));
  CHECK_FALSE(NameIndex(table).find("bad"));
  CHECK_FALSE(AddressIndex(table).find(FileAddr(0x200)));
  SymbolTable empty;
  CHECK_FALSE(NameIndex(empty).find("good"));
  CHECK_FALSE(AddressIndex(empty).find(FileAddr(0x100)));
}
