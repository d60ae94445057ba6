// The added unit that keeps Go's names of types: see info_rewriter.h.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/byte_reader.h"
#include "core/translate/bytes_out.h"
#include "core/translate/go_dies.h"

namespace lldbgo {

class TypeNames {
 public:
  /// `moved`: where each of `types` is in the section that the unit goes to the end of. `abbreviations_at`: where
  /// abbreviations() will stand.
  TypeNames(const std::vector<GoTypeDie>& types, const std::vector<std::uint64_t>& moved, std::uint64_t unit_at,
            std::uint64_t abbreviations_at, std::uint16_t version);

  /// Where a reference to types[index] should go: to its typedef, made on first use, where C has no name for it. A type
  /// parameter (".param0", which every generic function has) is the shape it stands for.
  std::uint64_t reference(std::size_t index);
  /// Adds a structure "entry map[K]V" of a `key` and a `value`: what an entry of the map types[index] is shown as.
  void add_map_entry(std::size_t index, std::size_t key, std::size_t element, std::uint64_t key_size,
                     std::uint64_t element_size);
  std::size_t count() const { return count_; }
  std::vector<std::byte> unit() &&;
  /// The unit's table of .debug_abbrev.
  static Bytes abbreviations();

 private:
  const std::vector<GoTypeDie>& types_;
  const std::vector<std::uint64_t>& moved_;
  std::uint64_t unit_at_;
  std::vector<std::uint64_t> typedef_of_;  // 0: none made yet
  std::size_t count_ = 0;
  BytesOut out_;
};

}  // namespace lldbgo
