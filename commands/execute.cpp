#include "commands/execute.h"

#include <algorithm>
#include <cstdlib>

#include "commands/help.h"
#include "commands/parse.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

constexpr unsigned kDefaultWidth = 100, kSmallestWidth = 40;

std::string dumped(const Json& json) {
  // Bytes that are no UTF-8 become U+FFFD: nlohmann throws otherwise.
  return safe_json(json.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

bool environment_forbids_color() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color != nullptr && *no_color != '\0') || (term != nullptr && std::string_view(term) == "dumb");
}

bool wants_color(const Options& options, Host& host) {
  std::string_view when = options.text("color");
  if (when == "always") return true;
  if (when == "never") return false;
  return host.color() && !environment_forbids_color();
}

Json with_schema(const Command& command, Json fields, const std::vector<std::string>& problems) {
  Json out;
  out["schema"] = command.schema;
  for (auto& [key, value] : fields.items()) out[key] = std::move(value);
  if (!problems.empty()) {
    Json& list = out["problems"] = Json::array();
    for (const std::string& p : problems) list.push_back(printable(p));
  }
  return out;
}

}  // namespace

Reply failed(const Error& error, bool json) {
  Reply reply;
  reply.ok = false;
  reply.error = printable(error.text());
  if (json) {
    Error without_hint = error;
    without_hint.hint.clear();
    reply.output = dumped(Json{{"schema", "lldb-go/error/1"},
                               {"code", errc_name(error.code)},
                               {"message", printable(without_hint.text())},
                               {"hint", printable(error.hint)}});
  }
  return reply;
}

Reply execute(const Command& command, Host& host, const std::vector<std::string>& arguments) {
  bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  auto options = parse_arguments(command, arguments);
  if (!options) return failed(options.error(), json);
  json = options->has("json");
  bool color = !json && wants_color(*options, host);
  unsigned width = host.width() == 0 ? kDefaultWidth : std::max(host.width(), kSmallestWidth);

  if (options->has("help")) return {true, render(help(command, std::min(width, kDefaultWidth)), color), {}};

  Context context(host, json, width);
  auto output = command.run(context, *options);
  if (!output) return failed(output.error(), json);
  if (json) return {true, dumped(with_schema(command, std::move(output->json), context.problems())), {}};
  for (const std::string& p : context.problems()) {
    output->text.line().add("warning: ", Style::warning).add(p);
  }
  return {true, render(output->text, color), {}};
}

}  // namespace lldbgo
