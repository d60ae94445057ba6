// Location lists with other expressions, behind the ones the file has.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/address.h"
#include "core/base/byte_reader.h"
#include "core/base/error.h"
#include "core/translate/bytes_out.h"

namespace lldbgo {

/// .debug_loc (DWARF 2..4) or .debug_loclists (5). What is added stands behind the section's own bytes, in a
/// contribution with a header of its own where the version has headers.
class LocationLists {
 public:
  LocationLists(Bytes section, bool version5) : section_(section), version5_(version5) {}

  /// The expressions of the list at `offset`. Errors: malformed, limit.
  Result<std::vector<Bytes>> expressions(std::uint64_t offset) const;
  /// Adds a copy of the list with `change` applied to each expression, an entry left out where it answers nothing;
  /// returns the new list's offset. Errors: malformed, limit.
  Result<std::uint64_t> add_changed(std::uint64_t offset,
                                    const std::function<std::optional<std::vector<std::byte>>(Bytes)>& change);
  /// Adds a list with the expression at all of `pcs`; returns its offset. `base`: what addresses of the unit's lists
  /// count from (until DWARF 4).
  std::uint64_t add(const std::vector<Range<FileAddr>>& pcs, std::uint64_t base, Bytes expression);
  /// What was added, to go behind the section's own bytes.
  std::vector<std::byte> added() &&;

 private:
  struct Entry {
    Bytes head;  // kind and addresses
    bool has_expression = false;
    Bytes expression;
  };
  void begin();
  Result<> each(std::uint64_t offset, const std::function<void(const Entry&)>& use) const;

  Bytes section_;
  bool version5_;
  BytesOut added_;
};

}  // namespace lldbgo
