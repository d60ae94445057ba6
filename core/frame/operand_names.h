// What the places that a function's instructions address in its frame are called: the names of the compiler's `-S`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/gofacts/go_image.h"

namespace lldbgo {

/// A variable's stretch of the frame.
struct NamedPlace {
  std::string name;         ///< "main.n"; safe to print
  std::int64_t offset = 0;  ///< of its first byte, from fp
  std::uint64_t size = 0;
  Range<FileAddr> pcs;  ///< where it is known to be there; elsewhere it may be
  /// Who has a place that several name: first what is never elsewhere, then the variable of the outermost function: the
  /// parameter of an inlined one stands for it.
  unsigned rank = 0;
  bool operator==(const NamedPlace&) const = default;
};

class OperandPlaces {
 public:
  /// Of nothing: names nothing.
  OperandPlaces() = default;
  /// All that debug information, the calling convention and (for assembly) the source tell of `f`. No debug
  /// information: names nothing.
  OperandPlaces(const GoImage& image, const Func& f);

  /// The variable that holds the byte at fp+offset, for an instruction at [at, next). Where several share the place,
  /// the one of the lowest rank that is there right before or after the instruction; "" where that is none, or more
  /// than one.
  std::string_view name(std::int64_t offset, FileAddr at, FileAddr next) const;

  const std::vector<NamedPlace>& places() const { return places_; }

 private:
  void add_debug_info(const GoImage& image, const Func& f);
  void add_parameters(const GoImage& image, const Func& f);
  void add_assembly(const GoImage& image, const Func& f);

  std::string package_;
  std::vector<NamedPlace> places_;  // by offset
};

}  // namespace lldbgo
