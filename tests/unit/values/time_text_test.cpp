// What Go 1.24's time package prints.
#include "core/values/time_text.h"

#include "tests/unit/catch.h"

using namespace lldbgo;

TEST_CASE("durations as Go prints them") {
  struct Row {
    std::int64_t nanoseconds;
    const char* go;
  };
  const Row rows[] = {{0, "0s"},
                      {1, "1ns"},
                      {999, "999ns"},
                      {1500, "1.5µs"},
                      {1000000, "1ms"},
                      {300500000, "300.5ms"},
                      {1500000000, "1.5s"},
                      {60000000000, "1m0s"},
                      {3723000000001, "1h2m3.000000001s"},
                      {-93780000250000, "-26h3m0.00025s"},
                      {INT64_MAX, "2562047h47m16.854775807s"},
                      {INT64_MIN, "-2562047h47m16.854775808s"}};
  for (const Row& r : rows) {
    CAPTURE(r.go);
    CHECK(duration_text(r.nanoseconds) == r.go);
  }
}

TEST_CASE("times in RFC 3339") {
  struct Row {
    std::int64_t seconds;
    std::uint32_t nanoseconds;
    std::int32_t offset;
    const char* go;
  };
  const Row rows[] = {{0, 0, 0, "1970-01-01T00:00:00Z"},
                      {-1, 999999999, 0, "1969-12-31T23:59:59.999999999Z"},
                      {1709209805, 500000000, 0, "2024-02-29T12:30:05.5Z"},
                      {1709209805, 0, 3600, "2024-02-29T13:30:05+01:00"},
                      {946704599, 1000, -19800, "1999-12-31T23:59:59.000001-05:30"},
                      {-62135596800, 0, 0, "0001-01-01T00:00:00Z"},
                      {-63549446400, 0, 0, "-0044-03-14T00:00:00Z"},
                      {4107542399, 0, 0, "2100-02-28T23:59:59Z"},
                      {4107542400, 0, 0, "2100-03-01T00:00:00Z"},
                      {253402300800, 0, 0, "10000-01-01T00:00:00Z"}};
  for (const Row& r : rows) {
    CAPTURE(r.go);
    CHECK(time_text(r.seconds, r.nanoseconds, r.offset) == r.go);
  }
  for (std::int64_t extreme : {INT64_MIN, INT64_MAX}) CHECK(time_text(extreme, 0, 3600).ends_with("+01:00"));
}
