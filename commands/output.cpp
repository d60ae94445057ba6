#include "commands/output.h"

#include "core/base/text.h"

namespace lldbgo {
namespace {

// The sixteen basic colours only: they follow the user's terminal theme.
const char* sgr(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::heading:
      return "\x1b[1m";
    case Style::function:
      return "\x1b[33m";
    case Style::location:
      return "\x1b[36m";
    case Style::address:
      return "\x1b[34m";
    case Style::number:
      return "\x1b[35m";
    case Style::reg:
      return "\x1b[95m";
    case Style::type:
      return "\x1b[36m";
    case Style::value:
      return "\x1b[97m";
    case Style::live:
      return "\x1b[32m";
    case Style::dead:
      return "\x1b[90m";
    case Style::note:
      return "\x1b[90m";
    case Style::warning:
      return "\x1b[1;31m";
  }
  return "";
}

constexpr std::size_t kLongestText = 1 << 20;

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t n = 0;
  for (char c : text) n += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return n;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string_view dots = "...";
  dots = dots.substr(0, columns);
  std::size_t keep = columns - dots.size(), end = 0;
  for (std::size_t n = 0; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && n++ == keep) break;
  }
  return std::string(text.substr(0, end)) + std::string(dots);
}

Line& Line::add(std::string_view text, Style style) {
  if (text.empty()) return *this;
  std::string safe = printable(text, kLongestText);
  columns_ += columns_of(safe);
  spans_.push_back({std::move(safe), style});
  return *this;
}

Line& Line::add(const Line& other) {
  spans_.insert(spans_.end(), other.spans_.begin(), other.spans_.end());
  columns_ += other.columns_;
  return *this;
}

Line& Line::pad(std::size_t column, std::size_t gap) {
  std::size_t n = column > columns_ + gap ? column - columns_ : gap;
  return add(std::string(n, ' '));
}

Line& Document::line() {
  return lines_.emplace_back();
}

Line& Document::line(std::string_view text, Style style) {
  return lines_.emplace_back(text, style);
}

void Document::add(const Document& other) {
  lines_.insert(lines_.end(), other.lines_.begin(), other.lines_.end());
}

std::string render(const Document& document, bool color) {
  std::string out;
  for (const Line& line : document.lines()) {
    std::string plain_end;  // spaces that may turn out to be trailing
    for (const Span& span : line.spans()) {
      std::size_t last = span.text.find_last_not_of(' ');
      if (last == std::string::npos) {
        plain_end += span.text;
        continue;
      }
      out += plain_end;
      const char* start = color ? sgr(span.style) : "";
      out += start;
      out += std::string_view(span.text).substr(0, last + 1);
      if (*start != '\0') out += "\x1b[0m";
      plain_end = span.text.substr(last + 1);
    }
    out += '\n';
  }
  return out;
}

Document wrapped(const Line& first, const std::vector<Line>& pieces, std::string_view separator, std::size_t indent,
                 std::size_t width) {
  Document out;
  // At the end of a line a separator loses its spaces.
  std::string_view tight = separator.substr(0, separator.find_last_not_of(' ') + 1);
  Line line = first;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    bool last = i + 1 == pieces.size();
    if (i != 0) {
      std::size_t need = separator.size() - tight.size() + pieces[i].columns() + (last ? 0 : tight.size());
      if (line.columns() + need > width) {
        out.add(std::move(line));
        line = Line();
        line.pad(indent);
      } else {
        line.add(separator.substr(tight.size()));
      }
    }
    line.add(pieces[i]);
    if (!last) line.add(tight, Style::note);
  }
  out.add(std::move(line));
  return out;
}

}  // namespace lldbgo
