#include "commands/command.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace lldbgo {

const char* process_kind_name(ProcessKind kind) {
  switch (kind) {
    case ProcessKind::live:
      return "live";
    case ProcessKind::core:
      return "core";
    case ProcessKind::remote:
      return "remote";
  }
  return "live";
}

std::optional<std::uint64_t> Options::number(std::string_view name) const {
  auto it = values_.find(name);
  if (it == values_.end()) return std::nullopt;
  std::uint64_t value = 0;
  const std::string& text = it->second;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view Options::text(std::string_view name) const {
  auto it = values_.find(name);
  return it == values_.end() ? std::string_view() : std::string_view(it->second);
}

void Context::problem(std::string text) {
  if (std::find(problems_.begin(), problems_.end(), text) == problems_.end()) problems_.push_back(std::move(text));
}

Json json_text(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}
Json json_address(LoadAddr address) {
  return hex(address.value);
}
Json json_address(std::optional<LoadAddr> address) {
  return address ? json_address(*address) : Json(nullptr);
}

}  // namespace lldbgo
