// What a Go value consists of, for a debugger that unfolds it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

struct Child {
  std::string name;  ///< "[0]", "X", `["a"]`, "*" of what a pointer leads to, "data"
  GoValue value;
  /// Of a map's entry whose key is no literal: the child is called [i] and consists of `key` and `value`.
  std::optional<GoValue> key;
};

/// The children of one value, made one by one. What must be walked (a map) has been walked when it is made; the rest is
/// read when a child is asked for. Lives no longer than the ValueContext it was made with.
class Children {
 public:
  Children() = default;
  Children(std::size_t size, std::function<Child(std::size_t)> make) : size_(size), make_(std::move(make)) {}

  std::size_t size() const { return size_; }
  /// i < size().
  Child at(std::size_t i) const { return make_(i); }
  std::optional<std::size_t> index_of(std::string_view name) const;

  /// Why there are fewer children than the value has parts; "" where all are here.
  std::string problem;

 private:
  std::size_t size_ = 0;
  std::function<Child(std::size_t)> make_;
};

/// Fields of a structure; elements of a slice or array; entries of a map; what waits in a channel; the value a pointer
/// leads to; the variables a closure captured; of an interface or atomic value the children of what it holds. Nothing
/// for other values and for what cannot be read.
///
/// `depth`: how many values were unfolded, one within the other, to come to this one. Values may lead back to
/// themselves, and a debugger that follows no pointer by itself unfolds all else: from kFollowed on a pointer that an
/// interface or atomic value holds is a child itself, "data"; from kDeepest on nothing has children.
Children children_of(const ValueContext& context, const GoValue& value, unsigned depth = 0);

inline constexpr unsigned kFollowed = 2, kDeepest = 16;

}  // namespace lldbgo
