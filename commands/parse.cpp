#include "commands/parse.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <deque>

namespace lldbgo {
namespace {

std::string check_number(const std::string& text) {
  bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (digits && error == std::errc()) return {};
  return fmt::format("'{}' is not a whole number", text);
}

CLI::Option* declare(CLI::App& app, const OptionSpec& spec, std::string& value) {
  std::string names(spec.names);
  if (spec.kind == OptionSpec::Kind::flag) return app.add_flag(names)->disable_flag_override();
  CLI::Option* option = app.add_option(names, value);
  if (spec.kind == OptionSpec::Kind::number) option->check(check_number);
  if (spec.kind == OptionSpec::Kind::choice) {
    option->check([&spec](const std::string& text) -> std::string {
      for (std::string_view choice : spec.choices) {
        if (choice == text) return {};
      }
      return fmt::format("'{}' is not one of {}", text, fmt::join(spec.choices, ", "));
    });
  }
  return option;
}

// CLI11 speaks in sentences of its own and sometimes of several lines; ours is one clause.
std::string clause(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z') text[0] += 'a' - 'A';
  return text;
}

}  // namespace

const std::vector<OptionSpec>& common_options() {
  static const std::vector<OptionSpec> options = {
      {"--json", "", "one JSON object instead of text", OptionSpec::Kind::flag, {}, ""},
      {"--color",
       "WHEN",
       "colours: auto (as LLDB's use-color, NO_COLOR and TERM say), always or never",
       OptionSpec::Kind::choice,
       {"auto", "always", "never"},
       ""},
      {"-h,--help", "", "this text", OptionSpec::Kind::flag, {}, ""},
  };
  return options;
}

std::string_view option_key(const OptionSpec& option) {
  std::string_view key = option.names.substr(option.names.rfind(',') + 1);
  return key.substr(key.find_first_not_of('-'));
}

Result<Options> parse_arguments(const Command& command, const std::vector<std::string>& arguments) {
  CLI::App app;
  app.set_help_flag();
  std::deque<std::string> values;  // stable addresses for CLI11
  std::vector<std::pair<const OptionSpec*, CLI::Option*>> options;
  for (const auto* list : {&command.options, &common_options()}) {
    for (const OptionSpec& spec : *list) options.emplace_back(&spec, declare(app, spec, values.emplace_back()));
  }
  for (const auto& [spec, option] : options) {
    if (!spec->excludes.empty()) option->excludes(app.get_option("--" + std::string(spec->excludes)));
  }
  std::vector<CLI::Option*> positionals;
  std::vector<std::string> rest;
  for (const ArgumentSpec& spec : command.arguments) {
    if (spec.repeated) {
      positionals.push_back(app.add_option(std::string(spec.name), rest)->required(spec.required));
      continue;
    }
    positionals.push_back(app.add_option(std::string(spec.name), values.emplace_back())->required(spec.required));
  }

  bool help = false;
  for (const std::string& a : arguments) help = help || a == "-h" || a == "--help";
  if (help) {  // even where the rest of the line is wrong
    Options out;
    out.set("help", "");
    return out;
  }
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Error& error) {
    return fail(Errc::invalid_argument, fmt::format("{}: {}", command.name, clause(error.what())),
                fmt::format("see {} --help", command.name));
  }

  Options out;
  for (const auto& [spec, option] : options) {
    if (option->count() == 0) continue;
    bool flag = spec->kind == OptionSpec::Kind::flag;
    out.set(std::string(option_key(*spec)), flag ? std::string() : option->results().back());
  }
  for (std::size_t i = 0; i < positionals.size(); ++i) {
    if (positionals[i]->count() == 0) continue;
    if (command.arguments[i].repeated) {
      for (const std::string& value : positionals[i]->results()) out.add(value);
      continue;
    }
    out.set(std::string(command.arguments[i].name), positionals[i]->results().back());
  }
  return out;
}

}  // namespace lldbgo
