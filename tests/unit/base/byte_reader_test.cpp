#include "core/base/byte_reader.h"

#include <vector>

#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (int v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

}  // namespace

TEST_CASE("ByteReader reads little-endian integers in order") {
  auto raw = bytes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xfe, 0xff, 0xfd, 0xff, 0xff, 0xff});
  ByteReader r(raw);
  CHECK(r.u8() == 1);
  CHECK(r.u16() == 0x0302);
  CHECK(r.u32() == 0x07060504);
  CHECK(r.u64() == 0x0f0e0d0c0b0a0908);
  CHECK(r.i16() == -2);
  CHECK(r.i32() == -3);
  CHECK(r.ok());
  CHECK(r.remaining() == 0);
}

TEST_CASE("after the first read past the end ByteReader answers zeros and stays not ok") {
  auto raw = bytes({0xff, 0xff, 0xff});
  struct Row {
    const char* name;
    void (*read)(ByteReader&);
  };
  const Row rows[] = {
      {"u32", [](ByteReader& r) { CHECK(r.u32() == 0); }},
      {"u64", [](ByteReader& r) { CHECK(r.u64() == 0); }},
      {"i64", [](ByteReader& r) { CHECK(r.i64() == 0); }},
      {"take", [](ByteReader& r) { CHECK(r.take(4).empty()); }},
      {"take everything there is", [](ByteReader& r) { CHECK(r.take(~std::size_t{0}).empty()); }},
      {"skip", [](ByteReader& r) { r.skip(4); }},
      {"skip far", [](ByteReader& r) { r.skip(~std::size_t{0}); }},
      {"seek", [](ByteReader& r) { r.seek(4); }},
      {"align", [](ByteReader& r) {
         r.skip(1);
         r.align(8);
       }},
      {"string without NUL", [](ByteReader& r) { CHECK(r.c_string().empty()); }},
      {"uvarint without end", [](ByteReader& r) { CHECK(r.uvarint() == 0); }},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    ByteReader r(raw);
    row.read(r);
    CHECK_FALSE(r.ok());
    CHECK(r.offset() <= raw.size());
    r.seek(0);
    CHECK(r.u8() == 0);
    CHECK(r.take(1).empty());
    CHECK_FALSE(r.ok());
  }
}

TEST_CASE("ByteReader at and behind the end of nothing") {
  ByteReader r(Bytes{});
  CHECK(r.ok());
  CHECK(r.remaining() == 0);
  CHECK(r.take(0).empty());
  CHECK(r.ok());
  CHECK(r.c_string().empty());
  CHECK_FALSE(r.ok());
  CHECK_FALSE(ByteReader(Bytes{}, 1).ok());
}

TEST_CASE("uvarint") {
  struct Row {
    const char* name;
    std::vector<std::byte> raw;
    std::uint64_t value;
    bool ok;
  };
  const Row rows[] = {
      {"zero", bytes({0}), 0, true},
      {"one byte", bytes({0x7f}), 0x7f, true},
      {"two bytes", bytes({0x80, 0x01}), 0x80, true},
      {"redundant zeros", bytes({0x81, 0x80, 0x00}), 1, true},
      {"largest", bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}), ~std::uint64_t{0}, true},
      {"eleven bytes", bytes({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}), 0, false},
      {"cut", bytes({0x80}), 0, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    ByteReader r(row.raw);
    CHECK(r.uvarint() == row.value);
    CHECK(r.ok() == row.ok);
  }
}

TEST_CASE("c_string stops at its NUL and at its limit") {
  auto raw = bytes({'a', 'b', 0, 'c', 0, 'd'});
  ByteReader r(raw);
  CHECK(r.c_string() == "ab");
  CHECK(r.offset() == 3);
  CHECK(r.c_string() == "c");
  CHECK(r.c_string().empty());
  CHECK_FALSE(r.ok());
  ByteReader limited(raw);
  CHECK(limited.c_string(2).empty());
  CHECK_FALSE(limited.ok());
}

TEST_CASE("align") {
  auto raw = bytes({0, 1, 2, 3, 4, 5, 6, 7, 8});
  ByteReader r(raw);
  r.align(8);
  CHECK(r.offset() == 0);
  r.u8();
  r.align(4);
  CHECK(r.u8() == 4);
  r.align(8);
  CHECK(r.u8() == 8);
  CHECK(r.ok());
}
