#include "core/translate/location_lists.h"

#include <dwarf.h>

namespace lldbgo {
namespace {

constexpr std::size_t kMaxEntries = 1 << 16;

}  // namespace

Result<> LocationLists::each(std::uint64_t offset, const std::function<void(const Entry&)>& use) const {
  ByteReader reader(section_, offset);
  for (std::size_t n = 0; n < kMaxEntries; ++n) {
    std::size_t start = reader.offset(), head_end = 0;
    Entry entry;
    bool end = false;
    if (!version5_) {
      std::uint64_t lo = reader.u64(), hi = reader.u64();
      head_end = reader.offset();
      end = lo == 0 && hi == 0;
      entry.has_expression = !end && lo != UINT64_MAX;
      if (entry.has_expression) entry.expression = reader.take(reader.u16());
    } else {
      std::uint8_t kind = reader.u8();
      switch (kind) {
        case DW_LLE_end_of_list:
          end = true;
          break;
        case DW_LLE_base_addressx:
          reader.uvarint();
          break;
        case DW_LLE_startx_endx:
        case DW_LLE_startx_length:
        case DW_LLE_offset_pair:
          reader.uvarint();
          reader.uvarint();
          break;
        case DW_LLE_default_location:
          break;
        case DW_LLE_base_address:
          reader.skip(8);
          break;
        case DW_LLE_start_end:
          reader.skip(16);
          break;
        case DW_LLE_start_length:
          reader.skip(8);
          reader.uvarint();
          break;
        default:
          return fail(Errc::malformed, ".debug_loclists: an entry of kind " + std::to_string(kind));
      }
      head_end = reader.offset();
      entry.has_expression = !end && kind != DW_LLE_base_addressx && kind != DW_LLE_base_address;
      if (entry.has_expression) entry.expression = reader.take(reader.uvarint());
    }
    if (!reader.ok()) return fail(Errc::malformed, "location lists: a list ends behind the section");
    entry.head = section_.subspan(start, head_end - start);
    use(entry);
    if (end) return {};
  }
  return fail(Errc::limit, "location lists: a list of more than 65536 entries");
}

Result<std::vector<Bytes>> LocationLists::expressions(std::uint64_t offset) const {
  std::vector<Bytes> out;
  auto read = each(offset, [&](const Entry& entry) {
    if (entry.has_expression) out.push_back(entry.expression);
  });
  if (!read) return pass(read);
  return out;
}

void LocationLists::begin() {
  if (!version5_ || added_.size() != 0) return;
  added_.u32(0);  // length: known at the end
  added_.u16(5);
  added_.u8(8);   // address size
  added_.u8(0);   // segment selector size
  added_.u32(0);  // no table of offsets
}

std::uint64_t LocationLists::add(const std::vector<Range<FileAddr>>& pcs, std::uint64_t base, Bytes expression) {
  begin();
  std::uint64_t at = section_.size() + added_.size();
  for (Range<FileAddr> range : pcs) {
    if (version5_) {
      added_.u8(DW_LLE_start_length);
      added_.u64(range.lo.value);
      added_.uleb(range.size());
      added_.uleb(expression.size());
    } else {
      added_.u64(range.lo.value - base);
      added_.u64(range.hi.value - base);
      added_.u16(expression.size());
    }
    added_.bytes(expression);
  }
  if (version5_) {
    added_.u8(DW_LLE_end_of_list);
  } else {
    added_.u64(0);
    added_.u64(0);
  }
  return at;
}

Result<std::uint64_t> LocationLists::add_changed(
    std::uint64_t offset, const std::function<std::optional<std::vector<std::byte>>(Bytes)>& change) {
  begin();
  std::uint64_t at = section_.size() + added_.size();
  auto copied = each(offset, [&](const Entry& entry) {
    if (!entry.has_expression) return added_.bytes(entry.head);
    auto changed = change(entry.expression);
    if (!changed || changed->size() > UINT16_MAX) return;
    added_.bytes(entry.head);
    if (version5_)
      added_.uleb(changed->size());
    else
      added_.u16(changed->size());
    added_.bytes(*changed);
  });
  if (!copied) return pass(copied);
  return at;
}

std::vector<std::byte> LocationLists::added() && {
  if (version5_ && added_.size() >= 4) added_.put_u32(0, added_.size() - 4);
  return std::move(added_).take();
}

}  // namespace lldbgo
