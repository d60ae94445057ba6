// What the places that a function's instructions address in its frame are called: the names of the compiler's `-S`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/gofacts/go_image.h"

namespace lldbgo {

struct HiddenParameter;

/// A variable's stretch of the frame.
struct NamedPlace {
  std::string name;         ///< "main.n"; safe to print
  std::int64_t offset = 0;  ///< of its first byte, from fp
  std::uint64_t size = 0;
  Range<FileAddr> pcs;  ///< where it is known to be there; elsewhere it may be
  /// Who has a place that several name: first variables in memory, the outermost function's before those of inlined
  /// ones; then spilled values, in the order in which the compiler names them.
  unsigned rank = 0;
  /// Code of earlier lines does not know the variable: outside of `pcs` it is another that has the place. 0: unknown.
  int declared = 0;
  bool operator==(const NamedPlace&) const = default;
};

class OperandPlaces {
 public:
  /// Of nothing: names nothing.
  OperandPlaces() = default;
  /// All that debug information, the calling convention and (for assembly) the source tell of `f`. No debug
  /// information: names nothing. The image must outlive it.
  OperandPlaces(const GoImage& image, const Func& f);

  /// The variable that holds the byte at fp+offset, for an instruction at [at, next). Where several share the place,
  /// the one of the lowest rank; of variables in memory the one that is there right before or after the instruction,
  /// and "" where those are several.
  std::string_view name(std::int64_t offset, FileAddr at, FileAddr next) const;

  const std::vector<NamedPlace>& places() const { return places_; }

 private:
  void add_debug_info(const GoImage& image, const Func& f);
  void add_parameters(const GoImage& image, const Func& f);
  /// False, and nothing added: the layout of these parameters contradicts the rest.
  bool add_parameters(const GoImage& image, const Func& f, const FunctionInfo& info, const HiddenParameter* hidden);
  void add_results(const GoImage& image, const Func& f);
  void add_assembly(const GoImage& image, const Func& f);

  /// In the function itself, not in one inlined into it.
  int line_at(FileAddr pc) const;

  const GoImage* image_ = nullptr;
  Func function_;
  std::string package_;
  bool first_name_ = true;          // a value with several names lies in the place of the first, not the last
  std::vector<NamedPlace> places_;  // by offset
};

}  // namespace lldbgo
