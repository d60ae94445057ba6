// Go values of a process that stands still: their text and their parts. What a debugger's formatters call.
#pragma once

#include <string>
#include <string_view>

#include "core/sched/go_process.h"
#include "core/target/page_cache.h"
#include "core/values/children.h"
#include "core/values/go_value.h"
#include "core/values/value_context.h"

namespace lldbgo {

/// A reader of one stop: it remembers the memory it has read. Cheap to make; what is known of types stays with the
/// image.
class ValueReader {
 public:
  /// `process` must outlive the reader, and the reader what it answers.
  explicit ValueReader(GoProcess& process) : memory_(process.memory()), context_(value_context(process, memory_)) {}
  ValueReader(const ValueReader&) = delete;
  ValueReader& operator=(const ValueReader&) = delete;

  /// A type by its name in the debug information. Errors: not_found (also in a program without any).
  Result<TypePtr> type(std::string_view name) const;

  /// The contract's "Values as text".
  std::string summary(const GoValue& value) const;
  Children children(const GoValue& value, unsigned depth = 0) const;

  ValueLimits& limits() { return context_.limits; }

 private:
  PageCache memory_;
  ValueContext context_;
};

}  // namespace lldbgo
