#include "commands/disasm_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "commands/frame_view.h"
#include "core/base/text.h"

namespace lldbgo {
namespace {

std::string byte_text(Bytes bytes) {
  std::string out;
  for (std::byte b : bytes) out += fmt::format("{:02x}", std::to_integer<unsigned>(b));
  return out;
}

// Source lines of the files that this machine has.
class Sources {
 public:
  std::string line(std::string_view file, int number) {
    auto [entry, fresh] = files_.try_emplace(std::string(file));
    if (fresh) load(entry->first, entry->second);
    const auto& lines = entry->second;
    if (number < 1 || static_cast<std::size_t>(number) > lines.size()) return "";
    std::string text = lines[static_cast<std::size_t>(number) - 1];
    std::replace(text.begin(), text.end(), '\t', ' ');
    std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : printable(std::string_view(text).substr(begin), 200);
  }

 private:
  static constexpr std::size_t kMaxBytes = 4 << 20;

  static void load(const std::string& path, std::vector<std::string>& lines) {
    std::ifstream in(path);
    std::size_t bytes = 0;
    for (std::string line; bytes < kMaxBytes && std::getline(in, line);) {
      bytes += line.size() + 1;
      lines.push_back(std::move(line));
    }
  }

  std::map<std::string, std::vector<std::string>> files_;
};

// Jumps inside the function go to an offset, as the first column counts them.
std::string shown_text(const DisasmView& view, const DisassembledInstruction& insn) {
  std::string own = view.function + '+';
  std::size_t at = insn.symbolic.find(' ' + own);
  if (at == std::string::npos) return insn.symbolic;
  std::size_t digits = at + 1 + own.size(), end = insn.symbolic.find("(SB)", digits);
  if (end == std::string::npos || insn.symbolic.find_first_not_of("0123456789", digits) != end) return insn.symbolic;
  std::uint64_t offset = 0;
  for (std::size_t i = digits; i < end; ++i) offset = offset * 10 + static_cast<std::uint64_t>(insn.symbolic[i] - '0');
  return insn.symbolic.substr(0, at + 1) + fmt::format("+{:#x}", offset);
}

constexpr std::size_t kWidestBytes = 20, kWidestText = 56;

}  // namespace

Document disasm_text(const DisasmView& view) {
  Document out;
  out.line(view.function, Style::function).add("  ").add(view.about, Style::note);
  std::vector<std::string> bytes, texts;
  std::size_t byte_columns = 0, text_columns = 0, offset_columns = 0, address_columns = 0;
  for (const DisassembledInstruction& insn : view.instructions) {
    bytes.push_back(byte_text(insn.bytes));
    texts.push_back(shown_text(view, insn));
    byte_columns = std::max(byte_columns, std::min(bytes.back().size(), kWidestBytes));
    text_columns = std::max(text_columns, std::min(columns_of(texts.back()), kWidestText));
    offset_columns = std::max(offset_columns, fmt::format("+{:#x}", insn.offset).size());
    address_columns = std::max(address_columns, hex(view.slide.to_load(insn.pc).value).size());
  }
  Sources sources;
  std::string_view file;
  int line = -1;
  for (std::size_t i = 0; i < view.instructions.size(); ++i) {
    const DisassembledInstruction& insn = view.instructions[i];
    if (insn.where.line != line || insn.where.file != file) {
      file = insn.where.file;
      line = insn.where.line;
      std::string where = file.empty() ? "no line" : fmt::format("{}:{}", printable(base_name(file)), line);
      Line& heading = out.line("  ").add(where, Style::location);
      std::string source = sources.line(file, line);
      if (!source.empty()) heading.add("  ").add(source, Style::note);
    }
    bool current = view.current == insn.pc;
    Line& row = out.line(current ? "->  " : "    ", Style::live);
    row.add(hex(view.slide.to_load(insn.pc).value), Style::address);
    row.pad(4 + address_columns + 2).add(fmt::format("+{:#x}", insn.offset), Style::number);
    row.pad(4 + address_columns + 2 + offset_columns + 2).add(bytes[i], Style::note);
    std::size_t at = 4 + address_columns + 2 + offset_columns + 2 + byte_columns + 2;
    row.pad(at, 2);
    std::size_t space = texts[i].find(' ');
    row.add(std::string_view(texts[i]).substr(0, space), Style::function);
    if (space != std::string::npos) row.add(std::string_view(texts[i]).substr(space));
    std::string note = insn.note;
    if (current && !view.operands.empty()) note += (note.empty() ? "" : "; ") + view.operands;
    if (note.empty()) continue;
    row.pad(at + text_columns + 2, 2);
    row.add("; " + note, current ? Style::value : Style::note);
  }
  return out;
}

Json disasm_json(const DisasmView& view) {
  Json out;
  out["function"] = json_text(view.function);
  Json& list = out["instructions"] = Json::array();
  for (const DisassembledInstruction& insn : view.instructions) {
    Json& row = list.emplace_back();
    row["pc"] = json_address(view.slide.to_load(insn.pc));
    row["offset"] = insn.offset;
    row["bytes"] = byte_text(insn.bytes);
    row["text"] = insn.text;
    row["symbolic"] = insn.symbolic == insn.text ? Json() : Json(insn.symbolic);
    row["file"] = json_text(printable(insn.where.file));
    row["line"] = insn.where.line > 0 ? Json(insn.where.line) : Json();
    row["note"] = json_text(insn.note);
    row["current"] = view.current == insn.pc;
  }
  return out;
}

}  // namespace lldbgo
