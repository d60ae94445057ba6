#include "plugin/value_of.h"

#include <vector>

#include "plugin/lldb_text.h"

namespace lldbgo {
namespace {

constexpr std::size_t kMostBytes = 1 << 16;  // of a value that has no address

}  // namespace

std::optional<GoValue> go_value(lldb::SBValue value, const ValueReader& reader) {
  if (value.IsSynthetic()) value = value.GetNonSyntheticValue();
  if (!value.IsValid() || value.GetError().Fail()) return {};
  auto type = reader.type(text_of(value.GetTypeName()));
  if (!type || (*type)->size != value.GetByteSize()) return {};
  GoValue out{*type, {}, {}};
  // What is in a register, or computed, has that as its "load address".
  bool in_memory = text_of(value.GetLocation()).starts_with("0x");
  lldb::addr_t address = in_memory ? value.GetLoadAddress() : LLDB_INVALID_ADDRESS;
  if (address != LLDB_INVALID_ADDRESS && address != 0) {  // 0: a constant
    out.address = LoadAddr(address);
    return out;
  }
  lldb::SBData data = value.GetData();
  std::vector<std::byte> bytes(data.GetByteSize());
  if (bytes.size() != (*type)->size || bytes.size() > kMostBytes) return {};
  lldb::SBError error;
  if (!bytes.empty() && data.ReadRawData(error, 0, bytes.data(), bytes.size()) != bytes.size()) return {};
  out.bytes = ValueBytes(bytes.size());
  out.bytes.put(0, bytes);
  return out;
}

}  // namespace lldbgo
