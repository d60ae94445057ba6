// A command is data plus one function. Parsing, --help, --json, --color, width and the error line are the framework's
// (execute.h); the documentation is generated from the same declaration (help.h).
//
// To add one: declare it in its own file as `const Command& go_thing_command()`, and name it in registry.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/host.h"
#include "commands/output.h"
#include "core/base/error.h"

namespace lldbgo {

using Json = nlohmann::ordered_json;

struct OptionSpec {
  enum class Kind {
    flag,
    number,  ///< 0 .. 2^63-1
    choice,  ///< one of `choices`
    text,    ///< anything
  };
  std::string_view names;  ///< "-g,--goroutine": the long one last, it is the key in Options
  std::string_view value;  ///< what --help calls the value; empty for a flag
  std::string_view help;
  Kind kind = Kind::flag;
  std::vector<std::string_view> choices;
  std::string_view excludes;  ///< long name without dashes of an option it cannot go with; empty none
};

struct ArgumentSpec {
  std::string_view name;  ///< "ADDRESS"
  std::string_view help;
  bool required = false;
  bool repeated = false;  ///< the last one takes all that is left
};

/// A parsed command line; keys are long option names without dashes, and argument names.
class Options {
 public:
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  std::optional<std::uint64_t> number(std::string_view name) const;
  std::string_view text(std::string_view name) const;  ///< "" absent
  /// Of a repeated argument.
  const std::vector<std::string>& list() const { return list_; }
  void add(std::string value) { list_.push_back(std::move(value)); }
  void set(std::string name, std::string value) { values_[std::move(name)] = std::move(value); }

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> list_;
};

/// What a command may use while it runs.
class Context {
 public:
  Context(Host& host, bool json, std::size_t width) : host_(host), json_(json), width_(width) {}
  Host& host() { return host_; }
  bool json() const { return json_; }  ///< which of Output's two to fill
  std::size_t width() const { return width_; }
  /// The answer is partial: say so. A repeated text counts once.
  void problem(std::string text);
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  Host& host_;
  bool json_;
  std::size_t width_;
  std::vector<std::string> problems_;
};

/// One of the two, as Context::json() says. The framework adds `schema` and `problems`.
struct Output {
  Document text;
  Json json;
};

struct Command {
  std::string_view name;     ///< "go-frame"
  std::string_view schema;   ///< "lldb-go/frame/1"
  std::string_view summary;  ///< one line
  std::string_view details;  ///< paragraphs, separated by empty lines
  std::string_view example;  ///< a real transcript
  std::vector<ArgumentSpec> arguments;
  std::vector<OptionSpec> options;
  Result<Output> (*run)(Context& context, const Options& options) = nullptr;
};

/// JSON of things that may be unknown.
Json json_text(std::string_view text);               ///< null when empty
Json json_address(LoadAddr address);                 ///< "0x..."
Json json_address(std::optional<LoadAddr> address);  ///< null when absent

}  // namespace lldbgo
