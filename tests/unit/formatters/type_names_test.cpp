// Go's type names are all in a family, and no name that C has is.
#include "formatters/type_names.h"

#include <regex>
#include <string>

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

const TypeFamily* family(const std::string& name) {
  for (const TypeFamily& f : type_families())
    if (std::regex_match(name, std::regex(std::string(f.pattern), std::regex::extended))) return &f;
  return nullptr;
}

}  // namespace

TEST_CASE("every Go type has a formatter", "[formatters]") {
  struct Row {
    const char* name;
    bool go_children, hides_children;
  };
  const Row rows[] = {
      {"string", false, true},
      {"float64", false, true},
      {"complex128", false, true},
      {"error", true, false},
      {"interface {}", true, false},
      {"interface { Area() float64 }", true, false},
      {"[]int", true, false},
      {"[3]main.Point", true, false},
      {"[][]string", true, false},
      {"map[string]int", true, false},
      {"map[main.Key][]main.Point", true, false},
      {"chan int", true, false},
      {"<-chan struct {}", true, false},
      {"chan<- int", true, false},
      {"func(int) (string, error)", true, false},
      {"func()", true, false},
      {"*main.Node", false, false},
      {"**runtime.g", false, false},
      {"unsafe.Pointer", true, false},
      {"struct { X int; Y int }", false, false},
      {"main.Point", true, false},
      {"time.Time", true, false},
      {"time.Duration", false, true},
      {"github.com/a/b-c.Thing", true, false},
      {"gopkg.in/yaml%2ev3.Node", true, false},
      {"main.Pair[string,int]", true, false},
      {"main.Pair[go.shape.int,github.com/a/b.C]", true, false},
      {"go.shape.int", true, false},
      {"sync/atomic.Pointer[main.T]", true, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const TypeFamily* found = family(row.name);
    REQUIRE(found != nullptr);
    bool children = found->has_go_children || std::string(row.name) == "unsafe.Pointer";
    CHECK(children == row.go_children);
    CHECK(found->hides_children == row.hides_children);
  }
}

TEST_CASE("LLDB's own rendering stays for what C has too", "[formatters]") {
  for (const char* name :
       {"int", "long", "unsigned int", "char", "char *", "const char *", "bool", "uint8_t", "size_t", "struct stat",
        "FILE *", "int[3]", "void (*)(int)", "double", "std::string", "pthread_t", "int8", "uint8", "uintptr"}) {
    INFO(name);
    CHECK(family(name) == nullptr);
  }
}
