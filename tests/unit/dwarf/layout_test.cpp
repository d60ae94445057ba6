// Struct layouts, types and globals, against what the compiler told the sample with unsafe.Offsetof and Sizeof.
#include "tests/unit/dwarf/sample_dwarf.h"

using namespace lldbgo;

namespace {

const std::vector<std::string> kVariants = {"plain", "uncompressed", "noopt", "pie", "cgo", "cgo-pie"};

const Field& field(const Type& type, const std::string& name) {
  for (const Field& f : type.fields)
    if (f.name == name) return f;
  FAIL(type.name << " has no field " << name);
  std::abort();
}

}  // namespace

TEST_CASE("offsets, sizes and addresses are the compiler's") {
  for (const std::string& version : sample::versions()) {
    for (const std::string& variant : kVariants) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      CHECK(s.dwarf->version() == (sample::minor(version) >= 25 ? 5 : 4));
      int checked = 0;
      for (const auto& [key, value] : s.report.values) {
        INFO(key);
        std::istringstream words(key);
        std::string what, name, path;
        words >> what >> name >> path;
        if (what == "offset")
          CHECK(s.dwarf->field_offset(name, path).value_or(~0ull) == value);
        else if (what == "size")
          CHECK(s.dwarf->struct_size(name).value_or(~0ull) == value);
        else if (what == "align")
          CHECK((*s.dwarf->type(name))->align == value);
        else if (what == "global")
          CHECK(s.dwarf->global(name).value_or(Global{}).address == s.file(value));
        else
          continue;
        ++checked;
      }
      CHECK(checked >= 20);
      // Every Go has had these here (runtime/runtime2.go: stack, stackguard0, stackguard1, ..., then sched.sp).
      CHECK(s.dwarf->field_offset("runtime.g", "stack.lo") == 0u);
      CHECK(s.dwarf->field_offset("runtime.g", "stackguard0") == 0x10u);
      CHECK(s.dwarf->field_offset("runtime.g", "sched.sp") == 0x38u);
      CHECK(s.dwarf->field_offset("runtime.g", "atomicstatus.value").has_value() == (sample::minor(version) >= 20));
      CHECK(s.dwarf->field_offset("runtime.gobuf", "pc") == 8u);
      CHECK(s.dwarf->global("runtime.allgs"));
    }
  }
}

TEST_CASE("types of every kind are found by name") {
  for (const std::string& version : sample::versions()) {
    INFO(version);
    auto s = sample::load(version, "plain");
    for (auto [name, kind] : {std::pair("int16", TypeKind::signed_int),
                              {"string", TypeKind::string},
                              {"[]uint8", TypeKind::slice},
                              {"[3]main.Point", TypeKind::array},
                              {"*main.Shape", TypeKind::pointer},
                              {"main.Shape", TypeKind::structure},
                              {"main.Named", TypeKind::interface},
                              {"error", TypeKind::interface},
                              {"func(int) string", TypeKind::function},
                              {"map[string]int", TypeKind::map},
                              {"chan int", TypeKind::channel},
                              {"time.Duration", TypeKind::signed_int},
                              {"unsafe.Pointer", TypeKind::unsafe_pointer}}) {
      INFO(name);
      auto type = s.dwarf->type(name);
      REQUIRE(type);
      CHECK((*type)->name == name);
      CHECK((*type)->kind == kind);
      // The descriptor leads back to the type; not every type has one.
      if ((*type)->descriptor == 0) continue;
      auto same = s.dwarf->type_of_descriptor((*type)->descriptor);
      REQUIRE(same);
      CHECK((*same)->name == name);
    }
    CHECK((*s.dwarf->type("string"))->descriptor != 0);
    auto map = s.dwarf->type("map[string]int"), channel = s.dwarf->type("chan int");
    CHECK((*s.dwarf->key(**map))->name == "string");
    CHECK((*s.dwarf->element(**map))->name == "int");
    CHECK((*s.dwarf->element(**channel))->name == "int");
    CHECK(s.dwarf->key(**channel).error().code == Errc::not_found);
    CHECK(s.dwarf->element(Type{}).error().code == Errc::not_found);
    CHECK(s.dwarf->type_of_descriptor(1).error().code == Errc::not_found);
  }
}

TEST_CASE("what is not there is not found") {
  auto s = sample::load(sample::versions().back(), "plain");
  for (auto [type, path] : {std::pair("runtime.nothing", "x"),
                            {"runtime.g", "nothing"},
                            {"runtime.g", "sched.nothing"},
                            {"runtime.g", ""},
                            {"runtime.g", "sched."},
                            {"runtime.g", ".sched"},
                            {"runtime.g", "goid.x"},
                            {"", ""}}) {
    INFO(type << " " << path);
    auto found = s.dwarf->field_offset(type, path);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::not_found);
  }
  CHECK(s.dwarf->struct_size("main.nothing").error().code == Errc::not_found);
  CHECK(s.dwarf->global("main.nothing").error().code == Errc::not_found);
  CHECK(s.dwarf->global("nothing").error().code == Errc::not_found);
  CHECK(s.dwarf->function(FileAddr(1)).error().code == Errc::not_found);
  CHECK(s.dwarf->function_named("main.nothing", false).error().code == Errc::not_found);
  auto none = DwarfInfo::open(sample::open(sample::versions().back(), "stripped"));
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::not_found);
}

TEST_CASE("types have Go's kinds and names") {
  for (const std::string& version : sample::versions()) {
    for (const std::string variant : {"plain", "cgo-pie"}) {
      INFO(version << " " << variant);
      auto s = sample::load(version, variant);
      auto shape = s.dwarf->type("main.Shape");
      REQUIRE(shape);
      CHECK((*shape)->kind == TypeKind::structure);
      struct Row {
        const char *field, *type;
        TypeKind kind;
        std::uint64_t size, align;
      };
      for (const Row& row : {Row{"Inner", "main.Inner", TypeKind::structure, 32, 8},
                             {"Label", "string", TypeKind::string, 16, 8},
                             {"Pairs", "[3]main.Point", TypeKind::array, 12, 2},
                             {"Any", "interface {}", TypeKind::interface, 16, 8},
                             {"Namer", "main.Named", TypeKind::interface, 16, 8},
                             {"Table", "map[string]int", TypeKind::map, 8, 8},
                             {"Chan", "chan int", TypeKind::channel, 8, 8},
                             {"Call", "func(int) string", TypeKind::function, 8, 8},
                             {"Next", "*main.Shape", TypeKind::pointer, 8, 8},
                             {"Z", "complex128", TypeKind::complex, 16, 8},
                             {"F", "float32", TypeKind::floating, 4, 4},
                             {"Raw", "unsafe.Pointer", TypeKind::unsafe_pointer, 8, 8}}) {
        INFO(row.field);
        const Field f = field(**shape, row.field);
        CHECK(f.type->name == row.type);
        CHECK(f.type->kind == row.kind);
        CHECK(f.type->size == row.size);
        CHECK(f.type->align == row.align);
        CHECK(f.embedded == (f.name == "Inner"));
      }
      CHECK(field(**shape, "Any").type->empty_interface);
      CHECK_FALSE(field(**shape, "Namer").type->empty_interface);
      CHECK(field(**shape, "Pairs").type->count == 3);
      CHECK(field(**shape, "Pairs").type->element->name == "main.Point");
      const Type& inner = *field(**shape, "Inner").type;
      CHECK(field(inner, "Flag").type->kind == TypeKind::boolean);
      CHECK(field(inner, "Bytes").type->kind == TypeKind::slice);
      CHECK(field(inner, "Bytes").type->name == "[]uint8");
      const Type& x = *field(*field(inner, "Deep").type, "X").type;
      CHECK(x.kind == TypeKind::signed_int);
      CHECK(x.name == "int16");

      auto pointee = [&](const Type& type) {
        auto to = s.dwarf->pointee(type);
        INFO((to ? "" : to.error().text()));
        REQUIRE(to);
        return (*to)->name;
      };
      CHECK(pointee(*field(**shape, "Next").type) == "main.Shape");
      CHECK(pointee(*field(inner, "Bytes").type) == "uint8");
      CHECK(pointee(*field(**shape, "Label").type) == "uint8");
      CHECK(pointee(*field(**shape, "Chan").type) == "hchan<int>");
      CHECK(pointee(*field(**shape, "Table").type) ==
            (sample::minor(version) >= 24 ? "map<string,int>" : "hash<string,int>"));
      CHECK_FALSE(s.dwarf->pointee(*field(**shape, "Raw").type));
      CHECK_FALSE(s.dwarf->pointee(x));
      CHECK_FALSE(s.dwarf->pointee(**shape));
      CHECK_FALSE(s.dwarf->pointee(Type{}));
    }
  }
}
