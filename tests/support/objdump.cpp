#include "tests/support/objdump.h"

#include <elf.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>

#include "core/insn/plan9_text.h"

namespace lldbgo::testing {
namespace {

struct ListedSymbol {
  std::uint64_t address = 0, size = 0;
  std::string_view name;
  bool code = false;
};

bool marks_text(std::string_view name) {
  return name == "runtime.text" || name == "text" || name == "_text" || name == "runtime.etext" || name == "etext" ||
         name == "_etext";
}

// All symbols of .symtab, those of sections and files too: any of them can hide another one from a lookup.
Result<std::vector<ListedSymbol>> read_symbols(const ElfFile& elf) {
  std::vector<ListedSymbol> out;
  auto section_at = [&](std::size_t index) -> const Section* {
    for (const Section& section : elf.sections()) {
      if (section.index == index) return &section;
    }
    return nullptr;
  };
  const Section* symtab = elf.section(".symtab");
  const Section* strtab = symtab != nullptr ? section_at(symtab->link) : nullptr;
  if (strtab == nullptr) return out;
  auto symbols = elf.contents(*symtab);
  auto strings = elf.contents(*strtab);
  if (!symbols) return pass(symbols);
  if (!strings) return pass(strings);
  ByteReader r(*symbols);
  r.skip(sizeof(Elf64_Sym));
  while (r.remaining() >= sizeof(Elf64_Sym)) {
    std::uint32_t name = r.u32();
    r.skip(2);
    std::uint16_t section = r.u16();
    ListedSymbol symbol;
    symbol.address = r.u64();
    symbol.size = r.u64();
    symbol.name = ByteReader(*strings, name).c_string();
    if (marks_text(symbol.name)) continue;
    constexpr std::uint64_t kCode = SHF_ALLOC | SHF_EXECINSTR;
    const Section* home = section_at(section);
    symbol.code = home != nullptr && (home->flags & (kCode | SHF_WRITE)) == kCode;
    out.push_back(symbol);
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.address < b.address; });
  return out;
}

Result<std::vector<ListedSymbol>> symbols_of(const GoImage& image) {
  if (image.elf().has_symtab()) return read_symbols(image.elf());
  std::vector<ListedSymbol> out;
  for (std::size_t i = 0; i < image.pclntab().function_count(); ++i) {
    auto f = image.pclntab().at(i);
    if (f)
      out.push_back(
          {f->entry.value, f->end - f->entry > 0 ? Range<FileAddr>{f->entry, f->end}.size() : 0, f->name, true});
  }
  return out;
}

// text/tabwriter with tabs of 8 and columns of at least 18: every cell is followed by tabs up to its column's end.
class Columns {
 public:
  static constexpr std::size_t kColumns = 4;

  /// The next cell ends where `text` ends now; `extra` bytes of it are no characters of their own.
  void end_cell(const std::string& text, std::size_t extra = 0) {
    std::size_t runes = text.size() - (cells_.empty() ? 0 : cells_.back().end) - extra;
    std::size_t& width = width_[cells_.size() % kColumns];
    width = std::max(width, runes + 1);
    cells_.push_back({text.size(), runes});
  }

  void write(const std::string& text, std::string& out) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      std::size_t width = (width_[i % kColumns] + 7) / 8 * 8;
      out.append(text, begin, cells_[i].end - begin);
      out.append((width - cells_[i].runes + 7) / 8, '\t');
      if (i % kColumns == kColumns - 1) out += '\n';
      begin = cells_[i].end;
    }
    cells_.clear();
    width_ = kNarrowest;
  }

 private:
  struct Cell {
    std::size_t end = 0, runes = 0;
  };
  static constexpr std::array<std::size_t, kColumns> kNarrowest = {18, 18, 18, 18};
  std::array<std::size_t, kColumns> width_ = kNarrowest;
  std::vector<Cell> cells_;
};

/// Bytes of UTF-8 that continue a character.
std::size_t continuations(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }));
}

std::string_view base_name(std::string_view path) {
  std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

class Lister {
 public:
  Lister(const GoImage& image, const std::vector<ListedSymbol>& symbols, Bytes text, std::uint64_t start)
      : image_(image), symbols_(symbols), text_(text), start_(start) {
    names_.symbol = [this](std::uint64_t address) { return lookup(address); };
  }

  /// The functions among the symbols [from, to), an empty line behind each.
  void list(std::size_t from, std::size_t to, std::string& out) {
    std::uint64_t end = start_ + text_.size();
    for (const ListedSymbol& symbol : std::span(symbols_).subspan(from, to - from)) {
      if (!symbol.code || symbol.address < start_ || symbol.address >= end) continue;
      if (symbol.address + symbol.size <= start_) continue;
      list(symbol, std::min(symbol.address + symbol.size, end), out);
      out += '\n';
    }
  }

 private:
  std::optional<CoveringSymbol> lookup(std::uint64_t address) const {
    auto after = std::upper_bound(symbols_.begin(), symbols_.end(), address,
                                  [](std::uint64_t a, const ListedSymbol& s) { return a < s.address; });
    if (after == symbols_.begin()) return std::nullopt;
    const ListedSymbol& found = *std::prev(after);
    if (found.address == 0 || address - found.address >= found.size) return std::nullopt;
    return CoveringSymbol{found.name, found.address};
  }

  // The line table's stretches of the functions from `pc` on.
  void need_lines(std::uint64_t pc) {
    if (function_.contains(FileAddr(pc))) return;
    lines_.clear();
    at_ = 0;
    function_ = {};
    auto f = image_.pclntab().find(FileAddr(pc));
    if (!f) return;
    function_ = {f->entry, f->end};
    if (auto lines = image_.pclntab().lines(*f)) lines_ = std::move(*lines);
  }

  const SourceLine& line(std::uint64_t pc) {
    static const SourceLine kOutside, kUnknown{{}, -1};
    need_lines(pc);
    if (function_.size() == 0) return kOutside;
    FileAddr at(pc);
    if (at_ < lines_.size() && at < lines_[at_].pcs.lo) at_ = 0;
    while (at_ < lines_.size() && lines_[at_].pcs.hi <= at) ++at_;
    return at_ < lines_.size() && lines_[at_].pcs.contains(at) ? lines_[at_].where : kUnknown;
  }

  void list(const ListedSymbol& symbol, std::uint64_t end, std::string& out) {
    out += "TEXT ";
    out += symbol.name;
    out += "(SB) ";
    out += line(symbol.address).file;
    out += '\n';
    cells_.clear();
    for (std::uint64_t pc = symbol.address; pc < end;) {
      const SourceLine& where = line(pc);
      if (where.file.data() != file_.data()) {
        file_ = where.file;
        base_ = "  " + std::string(base_name(file_)) + ':';
        base_extra_ = continuations(base_);
      }
      cells_ += base_;
      cells_ += std::to_string(where.line);
      columns_.end_cell(cells_, base_extra_);
      append_address(pc);
      columns_.end_cell(cells_);
      scratch_.clear();
      std::size_t size = plan9_text(text_.subspan(pc - start_, end - pc), pc, names_, scratch_);
      char digits[2 * 15];
      std::size_t n = 0;
      for (std::byte b : text_.subspan(pc - start_, size)) {
        digits[n++] = "0123456789abcdef"[std::to_integer<unsigned>(b) >> 4];
        digits[n++] = "0123456789abcdef"[std::to_integer<unsigned>(b) & 15];
      }
      cells_.append(digits, n);
      columns_.end_cell(cells_);
      cells_ += scratch_;
      columns_.end_cell(cells_, continuations(scratch_));
      pc += size;
    }
    columns_.write(cells_, out);
  }

  void append_address(std::uint64_t value) {
    char digits[16];
    int n = 0;
    for (; value != 0 || n == 0; value >>= 4) digits[15 - n++] = "0123456789abcdef"[value & 15];
    cells_ += "0x";
    cells_.append(digits + 16 - n, static_cast<std::size_t>(n));
  }

  const GoImage& image_;
  const std::vector<ListedSymbol>& symbols_;
  Bytes text_;
  std::uint64_t start_;
  OperandNames names_;
  Range<FileAddr> function_;
  std::vector<LineRange> lines_;
  std::size_t at_ = 0;
  std::string cells_, scratch_, base_;
  std::size_t base_extra_ = 0;
  std::string_view file_{"none"};
  Columns columns_;
};

}  // namespace

Result<void> list_program(const GoImage& image, std::FILE* out) {
  const Section* text = image.elf().section(".text");
  if (text == nullptr) return fail(Errc::not_found, "no section .text");
  auto bytes = image.elf().contents(*text);
  if (!bytes) return pass(bytes);
  auto symbols = symbols_of(image);
  if (!symbols) return pass(symbols);
  // Blocks of symbols are listed by as many threads as there are processors, and written in order.
  constexpr std::size_t kBlock = 256;
  std::size_t blocks = (symbols->size() + kBlock - 1) / kBlock;
  std::atomic<std::size_t> next{0};
  std::size_t written = 0;
  bool separate = false;
  std::mutex mutex;
  std::condition_variable turn;
  auto work = [&] {
    Lister lister(image, *symbols, *bytes, text->address.value);
    std::string listed;
    for (std::size_t i = next++; i < blocks; i = next++) {
      listed.clear();
      lister.list(i * kBlock, std::min((i + 1) * kBlock, symbols->size()), listed);
      std::unique_lock lock(mutex);
      turn.wait(lock, [&] { return written == i; });
      if (!listed.empty()) {
        // An empty line stands between functions, none behind the last.
        if (separate) std::fputc('\n', out);
        separate = true;
        std::fwrite(listed.data(), 1, listed.size() - 1, out);
      }
      ++written;
      turn.notify_all();
    }
  };
  std::vector<std::jthread> threads(std::max(1U, std::thread::hardware_concurrency()));
  for (std::jthread& thread : threads) thread = std::jthread(work);
  return {};
}

}  // namespace lldbgo::testing
