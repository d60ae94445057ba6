#include "core/gofacts/go_version.h"

#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("spellings of a Go version") {
  struct Row {
    const char* text;
    int major, minor, patch;
    const char *suffix, *experiments, *printed;
  };
  const Row rows[] = {
      {"go1.24.4", 1, 24, 4, "", "", "go1.24.4"},
      {"go1.15", 1, 15, 0, "", "", "go1.15"},
      {"go1.21.0", 1, 21, 0, "", "", "go1.21.0"},
      {"go1.25rc1", 1, 25, 0, "rc1", "", "go1.25rc1"},
      {"go1.24.4 X:noswissmap,synctest", 1, 24, 4, "", "noswissmap,synctest", "go1.24.4"},
      {"go1.22.2-fips X:boringcrypto", 1, 22, 2, "-fips", "boringcrypto", "go1.22.2-fips"},
      {"devel go1.26-abcdef012 Thu Jan 1 00:00:00 2026 +0000", 1, 26, 0, "devel-abcdef012", "",
       "devel go1.26-abcdef012"},
      {"go1.27-devel_abcdef X:nodwarf5", 1, 27, 0, "-devel_abcdef", "nodwarf5", "go1.27-devel_abcdef"},
      {"go2.0", 2, 0, 0, "", "", "go2.0"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    auto v = GoVersion::parse(row.text);
    REQUIRE(v);
    CHECK(v->major == row.major);
    CHECK(v->minor == row.minor);
    CHECK(v->patch == row.patch);
    CHECK(v->suffix == row.suffix);
    CHECK(v->experiments == row.experiments);
    CHECK(v->text() == row.printed);
  }
}

TEST_CASE("what is no Go version") {
  for (const char* text :
       {"", "go", "go1", "go1.", "1.24", "gox.y", "devel +abcdef Mon", "go99999999999.1", "go1.-3", "gopher"}) {
    INFO(text);
    CHECK_FALSE(GoVersion::parse(text));
  }
  CHECK_FALSE(GoVersion::parse("go1.24 " + std::string(10000, 'x')));
}

TEST_CASE("experiments are whole words") {
  auto v = GoVersion::parse("go1.24.4 X:noswissmap,rangefunc");
  REQUIRE(v);
  CHECK(v->experiment("noswissmap"));
  CHECK(v->experiment("rangefunc"));
  CHECK_FALSE(v->experiment("swissmap"));
  CHECK_FALSE(v->experiment("noswiss"));
  CHECK_FALSE(v->experiment(""));
}

TEST_CASE("how well a version is known") {
  auto support = [](int major, int minor) {
    GoVersion v;
    v.major = major;
    v.minor = minor;
    return std::string(support_name(support_of(v)));
  };
  CHECK(support(1, 14) == "unsupported");
  CHECK(support(0, 20) == "unsupported");
  for (int minor : {15, 19, 21, 22, 23, 24, 25, 26, 27}) CHECK(support(1, minor) == "tested");
  for (int minor : {16, 17, 18, 20}) CHECK(support(1, minor) == "interpolated");
  CHECK(support(1, 28) == "untested");
  CHECK(support(2, 0) == "untested");
}
