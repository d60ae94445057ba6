#include "commands/duff_view.h"

#include <fstream>

#include "core/base/text.h"
#include "core/blocks/block_names.h"

namespace lldbgo {
namespace {

/// Line `number` of a source file of this machine, without its indentation; "" where it cannot be read.
std::string source_line(const std::string& file, int number) {
  constexpr int kMostLines = 200000;
  if (number <= 0 || number > kMostLines || file.empty() || file[0] != '/') return {};
  std::ifstream in(file);
  std::string line;
  for (int i = 0; i < number; ++i) {
    if (!std::getline(in, line)) return {};
  }
  std::size_t from = line.find_first_not_of(" \t");
  return from == std::string::npos ? std::string() : printable(line.substr(from), 200);
}

Json place_json(const PlaceView& view, std::int64_t adjust, std::optional<std::uint64_t> bytes) {
  Json out;
  out["expression"] = view.expression;
  out["adjust"] = adjust;
  out["first"] = json_address(view.first);
  out["end"] = json_address(view.first && bytes ? std::optional(*view.first + *bytes) : std::nullopt);
  out["name"] = json_text(view.name);
  return out;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

const char* where_word(BlockState::Where where) {
  switch (where) {
    case BlockState::Where::before:
      return "before";
    case BlockState::Where::inside:
      return "inside";
    case BlockState::Where::after:
      return "after";
    case BlockState::Where::elsewhere:
      break;
  }
  return "elsewhere";
}

}  // namespace

Result<DuffTarget> duff_target(Host& host) {
  if (auto process = host.process()) return DuffTarget{(*process)->shared_image(), *process};
  auto image = host.image();
  if (!image) return pass(image);
  return DuffTarget{*image, nullptr};
}

SiteView site_view(const DuffTarget& target, const ImageBlocks& blocks, const Func& func, const BlockSite& site,
                   const BlockStop* stop, bool named) {
  SiteView out;
  out.func = func;
  out.site = site;
  out.address = target.load(func.entry + site.begin);
  out.bytes = site.bytes;
  out.function = printable(func.name);
  if (auto frames = target.image->pclntab().logical_frames(func, func.entry + site.begin)) {
    out.file = printable(frames->front().where.file);
    out.line = frames->front().where.line;
  }
  if (is_duff(site.device)) {
    if (const DuffInImage* duff = blocks.duff_of(site.device)) out.symbol = duff->name;
  } else {
    out.symbol = callee_name(*target.image, site);
  }
  auto place = [&](const Place& p) {
    return PlaceView{
        p, place_text(*target.image, p), named ? place_name(*target.image, func, site, p) : std::string(), {}};
  };
  out.destination = place(site.destination);
  if (site.source) out.source = place(*site.source);
  if (stop != nullptr && target.process != nullptr) {
    out.state = block_state(*target.process, blocks, func, site, *stop);
    out.destination.first = out.state->destination;
    if (out.source) out.source->first = out.state->source;
    if (out.state->bytes) out.bytes = out.state->bytes;
  } else if (target.process != nullptr) {
    for (PlaceView* p : {&out.destination, out.source ? &*out.source : nullptr}) {
      if (p != nullptr && p->place.base == Place::Base::image) p->first = target.load(p->place.address);
    }
  }
  if (named) out.statement = source_line(out.file, out.line);
  return out;
}

Json site_json(const SiteView& view) {
  const BlockSite& site = view.site;
  Json out;
  out["address"] = json_address(view.address);
  out["function"] = view.function;
  out["file"] = json_text(view.file);
  out["line"] = view.line;
  out["device"] = block_device_name(site.device);
  out["symbol"] = json_text(view.symbol);
  out["offset"] = or_null(site.offset);
  out["entry"] =
      site.target ? json_address(view.address.offset(*site.target - (view.func.entry + site.begin))) : Json(nullptr);
  out["bytes"] = or_null(view.bytes);
  out["stores"] = or_null(site.stores);
  out["destination"] = place_json(view.destination, site.adjust, view.bytes);
  out["source"] = view.source
                      ? place_json(*view.source, is_duff(site.device) ? site.adjust : site.source_disp, view.bytes)
                      : Json(nullptr);
  out["saves_bp"] = site.saves_bp;
  out["start"] = json_address(view.address.offset(static_cast<std::int64_t>(site.lead - site.begin)));
  out["end"] = json_address(view.address + (site.end - site.begin));
  out["statement"] = json_text(view.statement);
  Json loop(nullptr);
  if (site.loop) {
    loop =
        Json{{"rounds", site.loop->rounds}, {"bytes", site.loop->step}, {"counter", go_reg_name(site.loop->counter)}};
  }
  out["loop"] = loop;
  Json state(nullptr);
  if (view.state) {
    state = Json{{"where", where_word(view.state->where)},
                 {"done", or_null(view.state->done)},
                 {"remaining", or_null(view.state->remaining)},
                 {"rounds_left", or_null(view.state->rounds_left)}};
  }
  out["state"] = state;
  return out;
}

}  // namespace lldbgo
