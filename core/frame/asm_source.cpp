// Go's assembler requires a name on every argument and local (`a+0(FP)`, `i-8(SP)`; a bare `8(SP)` is the hardware SP)
// and `go vet` checks the names against the Go declaration, but nothing of them reaches the program: no DWARF, and for
// calls within a package not even an ABI wrapper. The line table names the file and the line of the first instruction,
// so the source can tell.
#include "core/frame/asm_source.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>

namespace lldbgo {
namespace {

constexpr std::uintmax_t kMaxFile = 4 << 20;

bool identifier_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string_view next_line(std::string_view& text) {
  std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool begins_text(std::string_view line) {
  return line.starts_with("TEXT") && line.size() > 4 && std::isspace(static_cast<unsigned char>(line[4])) != 0;
}

/// TEXT ·swap(SB), TEXT runtime·memmove<ABIInternal>(SB): the name between the middle dot and `<` or `(`.
bool begins(std::string_view line, std::string_view function) {
  constexpr std::string_view kMiddleDot = "\xc2\xb7";
  if (!begins_text(line)) return false;
  std::size_t dot = line.find(kMiddleDot);
  if (dot == std::string_view::npos) return false;
  std::string_view name = line.substr(dot + kMiddleDot.size());
  name = name.substr(0, name.find_first_of("<("));
  return !name.empty() && function.ends_with(name) && function.size() > name.size() &&
         function[function.size() - name.size() - 1] == '.';
}

/// Bytes that an instruction moves to or from memory, from its mnemonic: MOVQ, MOVBLZX (a byte in memory), MOVSD, ADDL.
unsigned operand_size(std::string_view opcode) {
  auto letter = [](char c) { return c == 'Q' ? 8u : c == 'L' ? 4u : c == 'W' ? 2u : c == 'B' ? 1u : 0u; };
  if (opcode.starts_with("LEA")) return 0;
  if (opcode == "MOVSD") return 8;
  if (opcode == "MOVSS") return 4;
  if (opcode.starts_with("MOVO") || opcode.starts_with("MOVU") || opcode.starts_with("MOVA")) return 0;
  if (opcode.starts_with("MOV") && opcode.size() > 3) return letter(opcode[3]);
  return opcode.empty() ? 0 : letter(opcode.back());
}

class Block {
 public:
  void line(std::string_view text) {
    text = text.substr(0, text.find("//"));
    // Several instructions may share a line.
    while (!text.empty()) {
      std::size_t end = text.find(';');
      instruction(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }

  std::vector<AsmOperand> operands() const {
    std::vector<AsmOperand> out;
    for (const auto& [place, operand] : operands_) out.push_back(operand);
    return out;
  }

 private:
  void instruction(std::string_view text) {
    std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return;
    std::string_view opcode = text.substr(start, text.find_first_of(" \t", start) - start);
    unsigned size = operand_size(opcode);
    for (std::size_t at = text.find("P)"); at != std::string_view::npos; at = text.find("P)", at + 1))
      operand(text, at, size);
  }

  // `at` is the P of "(FP)" or "(SP)"; reads backwards over the number, its sign and the name.
  void operand(std::string_view text, std::size_t at, unsigned size) {
    if (at < 2 || text[at - 2] != '(' || (text[at - 1] != 'F' && text[at - 1] != 'S')) return;
    std::size_t digits_end = at - 2, i = digits_end;
    while (i > 0 && std::isdigit(static_cast<unsigned char>(text[i - 1])) != 0) --i;
    if (i == digits_end || digits_end - i > 9 || i == 0 || (text[i - 1] != '+' && text[i - 1] != '-')) return;
    std::int64_t offset = std::stoll(std::string(text.substr(i, digits_end - i)));
    if (text[i - 1] == '-') offset = -offset;
    std::size_t name_end = i - 1, n = name_end;
    while (n > 0 && identifier_char(text[n - 1])) --n;
    if (n == name_end || std::isdigit(static_cast<unsigned char>(text[n])) != 0) return;
    AsmOperand o{std::string(text.substr(n, name_end - n)), text[at - 1] == 'F', offset, size};
    auto [entry, added] = operands_.try_emplace({o.fp, offset}, o);
    if (!added) entry->second.size = std::max(entry->second.size, size);
  }

  std::map<std::pair<bool, std::int64_t>, AsmOperand> operands_;
};

}  // namespace

std::vector<AsmOperand> asm_operands(std::string_view text, int line, std::string_view function) {
  std::string_view head, body;  // the last TEXT line up to `line`, and what follows it
  for (int i = 1; i <= line && !text.empty(); ++i) {
    std::string_view source = next_line(text);
    if (!begins_text(source)) continue;
    head = source;
    body = text;
  }
  if (!begins(head, function)) return {};
  Block block;
  while (!body.empty()) {
    std::string_view source = next_line(body);
    if (begins_text(source)) break;
    block.line(source);
  }
  return block.operands();
}

std::vector<AsmOperand> asm_operands_of_file(const std::string& path, int line, std::string_view function) {
  std::error_code error;
  if (!path.ends_with(".s") || !std::filesystem::is_regular_file(path, error)) return {};
  std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kMaxFile) return {};
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return asm_operands(text, line, function);
}

}  // namespace lldbgo
