// Resolves the fields of one of the runtime's structs and remembers what went wrong on the way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/gofacts/go_image.h"

namespace lldbgo {

class FieldResolver {
 public:
  FieldResolver(const GoImage& image, const char* struct_name) : image_(image), struct_name_(struct_name) {}

  /// 0, and an error(), where nothing tells.
  std::uint64_t required(const char* field) {
    auto offset = image_.offset(struct_name_, field);
    if (!offset) {
      if (!error_) error_ = std::move(offset.error());
      return 0;
    }
    return note(*offset);
  }
  std::optional<std::uint64_t> optional(const char* field) {
    auto offset = image_.offset(struct_name_, field);
    if (!offset) return std::nullopt;
    return note(*offset);
  }

  /// How much of the struct has to be read to have every field.
  std::uint64_t bytes() const { return bytes_; }
  /// The weakest source of all.
  Provenance from() const { return from_; }
  /// The first required field that nothing tells of.
  std::optional<Error>& error() { return error_; }

 private:
  std::uint64_t note(const StructOffset& offset) {
    bytes_ = std::max(bytes_, offset.value + 8);
    from_ = std::max(from_, offset.from);
    return offset.value;
  }

  const GoImage& image_;
  const char* struct_name_;
  std::uint64_t bytes_ = 0;
  Provenance from_ = Provenance::dwarf;
  std::optional<Error> error_;
};

}  // namespace lldbgo
