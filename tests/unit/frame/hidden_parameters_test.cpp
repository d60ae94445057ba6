#include "core/frame/hidden_parameters.h"

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

std::string guesses(std::string_view function) {
  std::string out;
  for (const HiddenParameter& p : hidden_parameters(function))
    out += p.name + " " + p.type->name + " at " + std::to_string(p.at) + "; ";
  return out;
}

}  // namespace

TEST_CASE("parameters that debug information may leave out") {
  CHECK(guesses("main.plain").empty());
  CHECK(guesses("main.box.area").empty());
  CHECK(guesses("main.(*box).area") == ".this *main.box at 0; ");
  CHECK(guesses("net/http.(*conn).serve") == ".this *net/http.conn at 0; ");
  // Generic code has a dictionary, methods behind the receiver; where that is wrong, the other place fits.
  CHECK(guesses("main.sum[go.shape.int]") == ".dict *uintptr at 0; .dict *uintptr at 1; ");
  CHECK(guesses("main.(*list[go.shape.int]).push") == ".dict *uintptr at 1; .dict *uintptr at 0; ");
}

TEST_CASE("names that no compiler writes have no hidden parameters, or safe ones") {
  CHECK(guesses("").empty());
  CHECK(guesses("(*").empty());
  CHECK(guesses(")(*").empty());
  CHECK(guesses("(*\x1b[31m)") == ".this *\\x1b[31m at 0; ");
}
