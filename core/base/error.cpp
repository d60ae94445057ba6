#include "core/base/error.h"

namespace lldbgo {

const char* errc_name(Errc code) {
  switch (code) {
    case Errc::not_found: return "not_found";
    case Errc::not_go: return "not_go";
    case Errc::unsupported: return "unsupported";
    case Errc::malformed: return "malformed";
    case Errc::truncated: return "truncated";
    case Errc::unreadable: return "unreadable";
    case Errc::no_target: return "no_target";
    case Errc::no_process: return "no_process";
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::limit: return "limit";
    case Errc::internal: return "internal";
  }
  return "internal";
}

std::string Error::text() const {
  std::string out;
  for (auto it = context.rbegin(); it != context.rend(); ++it) out += *it + ": ";
  out += message;
  if (!hint.empty()) out += "; " + hint;
  return out;
}

}  // namespace lldbgo
