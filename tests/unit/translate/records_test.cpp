// The small rewriters, over bytes written by hand.
#include <dwarf.h>

#include "core/translate/bytes_out.h"
#include "core/translate/expressions.h"
#include "core/translate/location_lists.h"
#include "core/translate/range_lists.h"
#include "tests/unit/catch.h"

using namespace lldbgo;

namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> values) {
  std::vector<std::byte> out;
  for (unsigned v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

}  // namespace

TEST_CASE("what an expression covers") {
  struct Row {
    const char* name;
    std::vector<std::byte> expression;
    std::uint64_t size;
    Coverage expected;
  };
  const Row rows[] = {
      {"optimised out", {}, 8, Coverage::none},
      {"a register", bytes({DW_OP_reg0}), 8, Coverage::single},
      {"fbreg -16", bytes({DW_OP_fbreg, 0x70}), 16, Coverage::single},
      {"a string in two registers", bytes({DW_OP_reg3, DW_OP_piece, 8, DW_OP_reg2, DW_OP_piece, 8}), 16,
       Coverage::whole},
      {"its length is gone", bytes({DW_OP_reg3, DW_OP_piece, 8, DW_OP_piece, 8}), 16, Coverage::partial},
      {"its pointer is gone", bytes({DW_OP_piece, 8, DW_OP_reg3, DW_OP_piece, 8}), 16, Coverage::partial},
      {"two of three words", bytes({DW_OP_reg3, DW_OP_piece, 8, DW_OP_reg2, DW_OP_piece, 8}), 24, Coverage::partial},
      {"more than there is", bytes({DW_OP_reg3, DW_OP_piece, 8, DW_OP_reg2, DW_OP_piece, 8}), 12, Coverage::partial},
      {"a place behind the pieces", bytes({DW_OP_reg3, DW_OP_piece, 8, DW_OP_reg2}), 16, Coverage::partial},
      {"an operand cut off", bytes({DW_OP_addr, 1, 2}), 8, Coverage::unknown},
      {"an operation gc does not write", bytes({DW_OP_xderef}), 8, Coverage::unknown},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(coverage(row.expression, row.size) == row.expected);
  }
}

TEST_CASE("where a pointer points") {
  CHECK(dereferenced(bytes({DW_OP_reg0})) == bytes({DW_OP_breg0, 0}));
  CHECK(dereferenced(bytes({DW_OP_fbreg, 8})) == bytes({DW_OP_fbreg, 8, DW_OP_deref}));
  CHECK(dereferenced(bytes({DW_OP_call_frame_cfa})) == bytes({DW_OP_call_frame_cfa, DW_OP_deref}));
  CHECK_FALSE(dereferenced(bytes({DW_OP_reg0, DW_OP_piece, 4, DW_OP_reg1, DW_OP_piece, 4})));
  CHECK_FALSE(dereferenced(bytes({DW_OP_lit1, DW_OP_stack_value})));
  CHECK_FALSE(dereferenced({}));
}

TEST_CASE("a range list loses its base address") {
  BytesOut list;
  list.u64(0x77);  // what comes before stays
  for (std::uint64_t word : {UINT64_MAX, std::uint64_t{0x5000}, std::uint64_t{0x10}, std::uint64_t{0x20},
                             std::uint64_t{0x30}, std::uint64_t{0x40}, std::uint64_t{0}, std::uint64_t{0}})
    list.u64(word);
  std::vector<std::byte> section(list.view().begin(), list.view().end());
  REQUIRE(make_relative_to_unit(section, 8, 0x4000));
  ByteReader reader(section);
  CHECK(reader.u64() == 0x77);
  for (std::uint64_t word : {0x1010, 0x1020, 0x1030, 0x1040, 0, 0}) CHECK(reader.u64() == word);
  CHECK(section.size() == list.size());

  REQUIRE(make_relative_to_unit(section, 8, 0x4000));  // it has no base any more
  CHECK(ByteReader(section, 8).u64() == 0x1010);
  CHECK_FALSE(make_relative_to_unit(section, section.size() - 8, 0x4000));
  CHECK_FALSE(make_relative_to_unit(section, section.size() + 1, 0x4000));
}

TEST_CASE("location lists are copied with other expressions") {
  BytesOut list;
  list.u64(0x10);
  list.u64(0x20);
  list.u16(1);
  list.u8(DW_OP_reg0);
  list.u64(UINT64_MAX);
  list.u64(0x9000);
  list.u64(0x30);
  list.u64(0x40);
  list.u16(1);
  list.u8(DW_OP_reg1);
  list.u64(0);
  list.u64(0);
  LocationLists lists(list.view(), false);
  auto expressions = lists.expressions(0);
  REQUIRE(expressions);
  REQUIRE(expressions->size() == 2);

  auto added = lists.add_changed(0, [](Bytes e) -> std::optional<std::vector<std::byte>> {
    if (e[0] == std::byte{DW_OP_reg1}) return {};
    return bytes({DW_OP_breg0, 0});
  });
  REQUIRE(added);
  CHECK(*added == list.size());
  auto behind = std::move(lists).added();
  ByteReader reader(behind);
  CHECK(reader.u64() == 0x10);
  CHECK(reader.u64() == 0x20);
  CHECK(reader.u16() == 2);
  reader.skip(2);
  CHECK(reader.u64() == UINT64_MAX);
  CHECK(reader.u64() == 0x9000);
  CHECK(reader.u64() == 0);
  CHECK(reader.u64() == 0);
  CHECK(reader.remaining() == 0);
  CHECK_FALSE(lists.expressions(list.size() - 4));
  CHECK_FALSE(lists.expressions(UINT64_MAX));
}

TEST_CASE("DWARF 5 lists go into a contribution of their own") {
  auto section = bytes({DW_LLE_offset_pair, 1, 2, 1, DW_OP_reg0, DW_LLE_end_of_list});
  LocationLists lists(section, true);
  auto added = lists.add_changed(0, [](Bytes e) { return std::vector<std::byte>(e.begin(), e.end()); });
  REQUIRE(added);
  CHECK(*added == section.size() + 12);
  auto behind = std::move(lists).added();
  ByteReader reader(behind);
  CHECK(reader.u32() == behind.size() - 4);
  CHECK(reader.u16() == 5);
  CHECK(std::vector<std::byte>(behind.begin() + 12, behind.end()) == section);
  auto unknown = bytes({99, 0});
  CHECK_FALSE(LocationLists(unknown, true).expressions(0));
}
