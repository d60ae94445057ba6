// One error type for the whole tree: what happened, and what the user can do about it.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace lldbgo {

enum class Errc {
  not_found,         ///< a name, function, goroutine or frame that does not exist
  not_go,            ///< the target is not a Go program
  unsupported,       ///< a Go version, build mode or feature outside what we know
  malformed,         ///< bytes of a file or the target contradict their format
  truncated,         ///< bytes end before their format does
  unreadable,        ///< the target's memory cannot be read there
  no_target,         ///< nothing is loaded in the debugger
  no_process,        ///< the command needs a process or a core
  invalid_argument,  ///< the command line is wrong
  limit,             ///< a sanity bound stopped us
  internal,          ///< a bug of ours
};

/// The stable word printed in `lldb-go/error/1` JSON.
const char* errc_name(Errc code);

struct Error {
  Errc code = Errc::internal;
  std::string message;               ///< `<what>: <why>`
  std::string hint;                  ///< what to do; may be empty
  std::vector<std::string> context;  ///< outermost last

  /// The same error seen from one level further out.
  Error in(std::string where) && {
    context.push_back(std::move(where));
    return std::move(*this);
  }
  /// `message; hint`, with the context in front.
  std::string text() const;
};

template <class T = void>
using Result = tl::expected<T, Error>;

/// Builds the error branch of a Result: `return fail(Errc::truncated, "functab: ends after 3 of 10 entries");`
inline tl::unexpected<Error> fail(Errc code, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(hint), {}});
}

/// Passes an error on unchanged: `if (!r) return pass(r);`
template <class T>
tl::unexpected<Error> pass(tl::expected<T, Error>& r) {
  return tl::unexpected<Error>(std::move(r.error()));
}

}  // namespace lldbgo
