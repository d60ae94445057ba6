#include "tests/support/objdump.h"

#include <elf.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "core/insn/plan9_decode.h"
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

/// Bytes of UTF-8 that continue a character.
std::size_t continuations(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }));
}

std::string_view base_name(std::string_view path) {
  std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// text/tabwriter with tabs of 8 and columns of at least 18: every cell is followed by tabs up to its column's end.
class Column {
 public:
  void fit(std::size_t runes) { widest_ = std::max(widest_, runes + 1); }
  std::size_t tabs_behind(std::size_t runes) const { return ((widest_ + 7) / 8 * 8 - runes + 7) / 8; }

 private:
  std::size_t widest_ = 18;
};

char* put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

char* put_tabs(char* to, std::size_t count) {
  std::memset(to, '\t', count);
  return to + count;
}

constexpr char kDigits[] = "0123456789abcdef";

std::size_t hex_digits(std::uint64_t value) {
  return std::max<std::size_t>(1, (static_cast<std::size_t>(std::bit_width(value)) + 3) / 4);
}

char* put_address(char* to, std::uint64_t value, std::size_t digits) {
  to = put(to, "0x");
  for (std::size_t i = digits; i != 0; --i, value >>= 4) to[i - 1] = kDigits[value & 15];
  return to + digits;
}

char* put_bytes(char* to, Bytes bytes) {
  for (std::byte b : bytes) {
    *to++ = kDigits[std::to_integer<unsigned>(b) >> 4];
    *to++ = kDigits[std::to_integer<unsigned>(b) & 15];
  }
  return to;
}

// Text that grows at its end, written through a pointer.
class Text {
 public:
  /// Room for `size` more bytes.
  char* room(std::size_t size) {
    if (size > capacity_ - size_) {
      capacity_ = std::max(2 * capacity_, size_ + size);
      auto grown = std::make_unique_for_overwrite<char[]>(capacity_);
      std::memcpy(grown.get(), bytes_.get(), size_);
      bytes_ = std::move(grown);
    }
    return bytes_.get() + size_;
  }
  void end_at(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.get()); }
  void add(std::string_view text) { end_at(put(room(text.size()), text)); }
  void clear() { size_ = 0; }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(1 << 20);
  std::size_t size_ = 0, capacity_ = 1 << 20;
};

class Lister {
 public:
  Lister(const GoImage& image, const std::vector<ListedSymbol>& symbols, Bytes text, std::uint64_t start)
      : image_(image), symbols_(symbols), text_(text), start_(start) {
    names_.symbol = [this](std::uint64_t address) { return lookup(address); };
  }

  /// The functions among the symbols [from, to), an empty line behind each.
  void list(std::size_t from, std::size_t to, Text& out) {
    std::uint64_t end = start_ + text_.size();
    for (const ListedSymbol& symbol : std::span(symbols_).subspan(from, to - from)) {
      if (!symbol.code || symbol.address < start_ || symbol.address >= end) continue;
      if (symbol.address + symbol.size <= start_) continue;
      list(symbol, std::min(symbol.address + symbol.size, end), out);
      out.add("\n");
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

  void list(const ListedSymbol& symbol, std::uint64_t end, Text& out) {
    for (std::string_view word : {std::string_view("TEXT "), symbol.name, std::string_view("(SB) "),
                                  line(symbol.address).file, std::string_view("\n")}) {
      out.add(word);
    }
    rows_.clear();
    texts_.clear();
    Column places, addresses, bytes, texts;
    for (std::uint64_t pc = symbol.address; pc < end;) {
      const SourceLine& where = line(pc);
      std::size_t begin = texts_.size();
      if (rows_.empty() || where.file.data() != file_.data() || where.line != line_) {
        file_ = where.file;
        line_ = where.line;
        place_ = "  " + std::string(base_name(file_)) + ':' + std::to_string(line_);
        place_runes_ = place_.size() - continuations(place_);
      }
      texts_ += place_;
      Row row{pc, begin, texts_.size(), 0, place_runes_, 0, 0};
      row.size = plan9_text(text_.subspan(pc - start_, end - pc), pc, names_, texts_);
      row.end = texts_.size();
      row.text_runes = row.end - row.text - continuations(std::string_view(texts_).substr(row.text));
      places.fit(row.place_runes);
      bytes.fit(2 * row.size);
      texts.fit(row.text_runes);
      rows_.push_back(row);
      pc += row.size;
    }
    if (!rows_.empty()) addresses.fit(2 + hex_digits(rows_.back().pc));
    // Three cells of unknown length in `texts_`, the address, the bytes; tabs.
    std::size_t tabs = places.tabs_behind(0) + addresses.tabs_behind(0) + bytes.tabs_behind(0) + texts.tabs_behind(0);
    char* to = out.room(texts_.size() + rows_.size() * (2 + 16 + 2 * kLongestInstruction + tabs + 1));
    for (const Row& row : rows_) {
      std::string_view cells = std::string_view(texts_).substr(row.place, row.end - row.place);
      std::size_t digits = hex_digits(row.pc);
      to = put_tabs(put(to, cells.substr(0, row.text - row.place)), places.tabs_behind(row.place_runes));
      to = put_tabs(put_address(to, row.pc, digits), addresses.tabs_behind(2 + digits));
      to = put_tabs(put_bytes(to, text_.subspan(row.pc - start_, row.size)), bytes.tabs_behind(2 * row.size));
      to = put_tabs(put(to, cells.substr(row.text - row.place)), texts.tabs_behind(row.text_runes));
      *to++ = '\n';
    }
    out.end_at(to);
  }

  struct Row {
    std::uint64_t pc = 0;
    std::size_t place = 0, text = 0, end = 0;  // in texts_: of the line's place, of the instruction's text
    std::size_t place_runes = 0, text_runes = 0;
    std::size_t size = 0;
  };

  const GoImage& image_;
  const std::vector<ListedSymbol>& symbols_;
  Bytes text_;
  std::uint64_t start_;
  OperandNames names_;
  Range<FileAddr> function_;
  std::vector<LineRange> lines_;
  std::size_t at_ = 0;
  std::vector<Row> rows_;
  std::string texts_;  // of all rows, one behind the other
  std::string_view file_;
  int line_ = 0;
  std::string place_;  // "  file.go:12"
  std::size_t place_runes_ = 0;
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
    Text listed;
    for (std::size_t i = next++; i < blocks; i = next++) {
      listed.clear();
      lister.list(i * kBlock, std::min((i + 1) * kBlock, symbols->size()), listed);
      std::unique_lock lock(mutex);
      turn.wait(lock, [&] { return written == i; });
      if (std::string_view ready = listed.view(); !ready.empty()) {
        // An empty line stands between functions, none behind the last.
        if (separate) std::fputc('\n', out);
        separate = true;
        std::fwrite(ready.data(), 1, ready.size() - 1, out);
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
