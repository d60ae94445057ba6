#include "commands/frame_view.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

Json location_json(const CodeLocation& at) {
  return Json{{"value", json_address(at.pc)},
              {"function", json_text(at.function)},
              {"file", json_text(at.file)},
              {"line", at.line == 0 ? Json(nullptr) : Json(at.line)}};
}

Json return_address_json(const FrameMap& map) {
  Json out{{"slot", json_address(map.return_slot)}};
  out.update(location_json(map.return_address.value_or(CodeLocation{})));
  if (!map.return_address) out["value"] = nullptr;
  return out;
}

Json argument_json(const Argument& a) {
  Json out;
  out["name"] = a.name;
  out["type"] = a.type;
  out["class"] = a.result ? "result" : "param";
  out["assigned"] = a.in_registers ? "registers" : "stack";
  out["registers"] = a.registers;
  out["offset_fp"] = a.offset_fp ? Json(*a.offset_fp) : Json(nullptr);
  out["size"] = a.size;
  out["status"] = arg_status_name(a.status);
  out["value"] = json_text(a.value);
  return out;
}

Json slot_json(const Slot& s) {
  Json out;
  out["address"] = json_address(s.address);
  out["size"] = s.size;
  out["offset_fp"] = s.offset_fp;
  out["offset_sp"] = s.offset_sp;
  out["offset_psp"] = s.offset_psp;
  out["kind"] = slot_kind_name(s.kind);
  out["name"] = json_text(s.name);
  out["type"] = json_text(s.type);
  out["register"] = json_text(s.reg);
  out["pointer"] = pointerness_name(s.pointer);
  out["live"] = liveness_name(s.live);
  out["value"] = s.value ? Json(hex(*s.value)) : Json(nullptr);
  out["text"] = json_text(s.text);
  out["why"] = json_text(s.why);
  return out;
}

Json link_json(const ChainLink& link) {
  return Json{{"pc", json_address(link.pc)}, {"sp", json_address(link.sp)},          {"fp", json_address(link.fp)},
              {"bp", json_address(link.bp)}, {"function", json_text(link.function)}, {"offset", link.offset}};
}

template <class T, class ToJson>
Json list_json(const std::vector<T>& items, ToJson to_json) {
  Json out = Json::array();
  for (const T& item : items) out.push_back(to_json(item));
  return out;
}

}  // namespace

Json frame_json(const FrameView& view) {
  const FrameMap& map = view.map;
  Json out;
  out["index"] = view.index;
  out["function"] = map.function;
  out["file"] = json_text(map.file);
  out["line"] = map.line == 0 ? Json(nullptr) : Json(map.line);
  out["pc"] = json_address(map.pc);
  out["entry"] = json_address(map.entry);
  out["offset"] = map.offset;
  out["goroutine"] = map.goroutine ? Json(*map.goroutine) : Json(nullptr);
  out["abi"] = map.abi ? Json(abi_name(*map.abi)) : Json(nullptr);
  out["inlined"] = map.inlined;
  out["frame_size"] = map.frame_size;
  out["found_by"] = found_by_name(map.found_by);
  out["checks"] = checks_name(map.checks);
  out["checked"] = map.checked;
  out["hardware_sp"] = json_address(map.hardware_sp);
  out["pseudo_sp"] = json_address(map.pseudo_sp);
  out["pseudo_fp"] = json_address(map.pseudo_fp);
  out["bp"] = json_address(map.bp);
  out["return_address"] = return_address_json(map);
  out["saved_bp"] = map.saved_bp_slot
                        ? Json{{"slot", json_address(*map.saved_bp_slot)}, {"value", json_address(map.saved_bp)}}
                        : Json(nullptr);
  out["chain"] = list_json(map.chain, link_json);
  out["args"] = list_json(map.args, argument_json);
  out["slots"] = list_json(map.slots, slot_json);
  out["why"] = map.why;
  return out;
}

}  // namespace lldbgo
