// Functions and variables, against the runtime's traceback and the addresses the sample prints.
#include <set>

#include "tests/unit/dwarf/sample_dwarf.h"

using namespace lldbgo;
using Where = Piece::Where;

namespace {

const std::vector<std::string> kVariants = {"plain", "uncompressed", "noopt", "pie", "cgo", "cgo-pie"};

std::set<std::string> names_of(const std::vector<Variable>& variables) {
  std::set<std::string> names;
  for (const Variable& v : variables) names.insert(v.name);
  return names;
}

/// What `function` says at every address of a function.
std::vector<FunctionInfo> every_pc(const sample::Loaded& s, const std::string& name) {
  auto symbol = s.elf->symbol(name);
  REQUIRE(symbol);
  std::vector<FunctionInfo> out;
  for (std::uint64_t i = 0; i < symbol->size; ++i) {
    auto f = s.dwarf->function(symbol->address + i);
    REQUIRE(f);
    CHECK(f->name == name);
    out.push_back(std::move(*f));
  }
  return out;
}

}  // namespace

TEST_CASE("every frame of the runtime's traceback is in the function the runtime names") {
  for (const std::string& version : sample::versions()) {
    for (const std::string& variant : kVariants) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      for (const sample::Frame& frame : s.report.frames) {
        INFO(frame.function << " " << std::hex << frame.pc);
        auto f = s.dwarf->function(s.file(frame.pc));
        REQUIRE(f);
        CHECK(f->name == frame.function);
        CHECK(f->go);
        CHECK(f->range.lo == s.file(frame.pc - frame.offset));
        CHECK(f->range.contains(s.file(frame.pc)));
      }
    }
  }
}

TEST_CASE("variables are where the program says they are") {
  for (const std::string& version : sample::versions()) {
    for (const std::string& variant : kVariants) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      const sample::Frame& frame = s.report.frame("main.frames");
      auto f = s.dwarf->function(s.file(frame.pc) - 1);
      REQUIRE(f);
      REQUIRE(f->parameters.size() == 4);
      for (int i = 0; const char* name : {"first", "text", "pair", "result"}) CHECK(f->parameters[i++].name == name);
      REQUIRE(f->locals.size() == 3);  // inner scopes last; the order within a scope is the compiler's
      CHECK(f->locals[2].name == "scoped");
      CHECK(names_of(f->locals) == std::set<std::string>{"array", "local", "scoped"});
      int placed = 0;
      for (const Variable& v : f->locals) {
        INFO(v.name);
        CHECK_FALSE(v.parameter);
        CHECK(v.inline_depth == 0);
        CHECK(v.decl_line > 50);
        if (v.pieces.empty()) continue;  // some compilers lose variables whose address is taken
        REQUIRE(v.pieces.size() == 1);
        CHECK(v.pieces[0].where == Where::frame);
        CHECK(v.pieces[0].size == v.type->size);
        CHECK(frame.fp + static_cast<std::uint64_t>(v.pieces[0].cfa_offset) == s.report.values.at("frames." + v.name));
        CHECK(v.frame_homes == std::vector<std::int64_t>{v.pieces[0].cfa_offset});
        ++placed;
      }
      if (variant == "noopt") CHECK(placed == 3);
    }
  }
}

TEST_CASE("parameters come first, then results, with their types and places") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto s = sample::load(version, "noopt");
    auto f = s.dwarf->function(s.file(s.report.frame("main.frames").pc) - 1);
    REQUIRE(f);
    struct Row {
      const char *name, *type;
      std::uint64_t size;
      bool result;
    };
    for (const Row& row : {Row{"first", "int64", 8, false},
                           {"text", "string", 16, false},
                           {"pair", "main.Point", 4, false},
                           {"result", "int64", 8, true}}) {
      INFO(row.name);
      const Variable v = sample::variable(f->parameters, row.name);
      CHECK(v.type->name == row.type);
      CHECK(v.type->size == row.size);
      CHECK(v.parameter);
      CHECK(v.result == row.result);
      REQUIRE(v.pieces.size() == 1);
      CHECK(v.pieces[0].where == Where::frame);
      CHECK(v.pieces[0].offset == 0);
      CHECK(v.pieces[0].size == row.size);
      // Spilled to the caller's frame in order (cmd/compile abi-internal.md); a result in a register has a local slot.
      if (!row.result) CHECK(v.pieces[0].cfa_offset >= 0);
    }
    CHECK(sample::variable(f->parameters, "first").pieces[0].cfa_offset == 0);
    CHECK(sample::variable(f->parameters, "text").pieces[0].cfa_offset == 8);
    CHECK(sample::variable(f->parameters, "pair").pieces[0].cfa_offset == 24);
  }
}

TEST_CASE("an inner scope's variable is not visible outside of it") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto s = sample::load(version, "noopt");
    auto f = s.dwarf->function(s.elf->symbol("main.frames")->address);
    REQUIRE(f);
    CHECK(names_of(f->locals) == std::set<std::string>{"array", "local"});
  }
}

TEST_CASE("register arguments start in the registers of the calling convention") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto s = sample::load(version, "plain");
    auto f = s.dwarf->function(s.elf->symbol("main.registers")->address);  // (a int, s string, f float64, b []byte)
    REQUIRE(f);
    std::map<std::string, std::vector<int>> places;
    for (const Variable& v : f->parameters)
      for (const Piece& p : v.pieces)
        places[v.name].push_back(p.where == Where::reg ? static_cast<int>(p.dwarf_register) : -1);
    if (sample::minor(version) >= 17) {  // AX; BX CX; X0; DI SI R8, in DWARF's numbers
      CHECK(places["a"] == std::vector<int>{0});
      CHECK(places["s"] == std::vector<int>{3, 2});
      CHECK(places["f"] == std::vector<int>{17});
      CHECK(places["b"] == std::vector<int>{5, 4, 8});
      const Variable b = sample::variable(f->parameters, "b");
      CHECK(b.pieces[1].offset == 8);
      CHECK(b.pieces[2].offset == 16);
      CHECK(b.pieces[2].size == 8);
      CHECK(b.has_location_list);
      CHECK(b.type->element->name == "uint8");
    } else {
      CHECK(sample::variable(f->parameters, "a").pieces[0].cfa_offset == 0);
      CHECK(sample::variable(f->parameters, "f").pieces[0].cfa_offset == 24);
    }
  }
}

TEST_CASE("what was inlined has its own variables") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    std::set<std::string> seen;
    for (const FunctionInfo& f : every_pc(sample::load(version, "plain"), "main.registers")) {
      for (const Variable& v : f.locals) {
        if (v.inline_depth == 0) continue;
        CHECK(v.inline_depth == 1);
        CHECK(v.owner == "main.inlined");
        CHECK(v.parameter == (v.name == "value"));
        CHECK(v.type->name == "int");
        seen.insert(v.name);
      }
    }
    CHECK(seen.count("value") == 1);
    if (sample::minor(version) >= 24) CHECK(seen.count("twice") == 1);  // dropped before
    for (const FunctionInfo& f : every_pc(sample::load(version, "noopt"), "main.registers"))
      for (const Variable& v : f.locals) CHECK(v.inline_depth == 0);
  }
}

TEST_CASE("one word of a string or slice is not taken for all of it") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto s = sample::load(version, "plain");
    std::size_t partial = 0;
    for (const FunctionInfo& f : every_pc(s, "main.partly")) {
      for (const Variable& v : f.locals) {
        INFO(v.name);
        if (v.name != "text" && v.name != "list") continue;
        CHECK(v.has_location_list);
        for (const Piece& p : v.pieces) {
          if (p.where == Where::none)
            ++partial;
          else
            CHECK(p.size == 8);
        }
        CHECK(v.frame_homes.empty());
        REQUIRE(v.part_homes.size() == 1);
        if (sample::minor(version) >= 27)  // which says what the word is, in a variable of its own
          CHECK(v.part_homes == sample::variable(f.locals, v.name == "text" ? "text.len" : "list.cap").frame_homes);
      }
    }
    CHECK(partial > 0);
  }
  auto s = sample::load(sample::versions().front(), "plain");
  if (sample::versions().front() == "1.15") {  // registers(a int, s string, ...) uses len(s) only: it is at 16, s at 8
    auto f = s.dwarf->function(s.elf->symbol("main.registers")->address);
    REQUIRE(f);
    const Variable text = sample::variable(f->parameters, "s");
    REQUIRE(text.pieces.size() == 1);
    CHECK(text.pieces[0].where == Where::none);
    CHECK(text.part_homes == std::vector<std::int64_t>{16});
  }
}

TEST_CASE("an escaped variable is a pointer with an ampersand") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto s = sample::load(version, "noopt");
    auto f = every_pc(s, "main.escapes").back();
    const Variable v = sample::variable(f.locals, "&moved");
    CHECK(v.escaped);
    CHECK(v.type->kind == TypeKind::pointer);
    CHECK((*s.dwarf->pointee(*v.type))->name == "int");
  }
}

TEST_CASE("an ABI wrapper knows the prototype of its assembly function") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"plain", "cgo"}) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      auto body = s.dwarf->function_named("example.org/asm.Add", false);
      REQUIRE(body);
      CHECK_FALSE(body->trampoline);
      CHECK(body->parameters.empty());
      auto wrapper = s.dwarf->function_named("example.org/asm.Add", true);
      CHECK(wrapper.has_value() == (sample::minor(version) >= 17));
      if (!wrapper) continue;
      CHECK(s.elf->symbol("example.org/asm.Add.abi0")->address == body->range.lo);
      CHECK(s.elf->symbol("example.org/asm.Add")->address == wrapper->range.lo);
      CHECK(wrapper->trampoline);
      auto at = s.dwarf->function(wrapper->range.lo);
      REQUIRE(at);
      CHECK(at->trampoline == (sample::minor(version) >= 21));
      REQUIRE(wrapper->parameters.size() == 3);
      CHECK(wrapper->parameters[0].name == "a");
      CHECK(wrapper->parameters[1].type->name == "int64");
      CHECK(wrapper->parameters[2].result);
    }
  }
}

TEST_CASE("a C function of a cgo program has a name and a range") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"cgo", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      auto symbol = s.elf->symbol("sample_double");
      REQUIRE(symbol);
      auto f = s.dwarf->function(symbol->address);
      REQUIRE(f);
      CHECK(f->name == "sample_double");
      CHECK_FALSE(f->go);
      CHECK(f->parameters.empty());
      CHECK(f->range == Range<FileAddr>{symbol->address, symbol->address + symbol->size});
    }
  }
}
