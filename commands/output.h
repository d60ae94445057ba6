// What a command prints: lines of spans that say what they are. The renderer decides how that looks, so a command never
// writes an escape sequence, and text of the target cannot bring one in.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lldbgo {

enum class Style {
  plain,
  heading,
  function,
  location,
  address,
  number,
  reg,
  type,
  value,
  live,
  dead,
  note,
  warning,
};

struct Span {
  std::string text;
  Style style = Style::plain;
};

/// Columns that `text` takes on a terminal, a code point counted as one.
std::size_t columns_of(std::string_view text);
/// `text` cut to `columns`, the last of them dots.
std::string shortened(std::string_view text, std::size_t columns);

class Line {
 public:
  Line() = default;
  Line(std::string_view text, Style style = Style::plain) { add(text, style); }

  /// Control bytes in `text` are escaped here. An empty text adds nothing.
  Line& add(std::string_view text, Style style = Style::plain);
  Line& add(const Line& other);
  /// Spaces up to column `column`; at least `gap` of them where the line is longer already.
  Line& pad(std::size_t column, std::size_t gap = 0);
  std::size_t columns() const { return columns_; }
  bool empty() const { return spans_.empty(); }
  const std::vector<Span>& spans() const { return spans_; }

 private:
  std::vector<Span> spans_;
  std::size_t columns_ = 0;
};

class Document {
 public:
  /// The new line, valid until the next one is added.
  Line& line();
  Line& line(std::string_view text, Style style = Style::plain);
  void add(Line line) { lines_.push_back(std::move(line)); }
  void add(const Document& other);
  void blank() { lines_.emplace_back(); }
  const std::vector<Line>& lines() const& { return lines_; }
  std::vector<Line> lines() && { return std::move(lines_); }

 private:
  std::vector<Line> lines_;
};

/// Lines joined by newlines, without trailing spaces; with ANSI colours or plain.
std::string render(const Document& document, bool color);

/// `pieces` joined by `separator` and broken at it, so that lines stay within `width`; later lines start at `indent`.
/// The first line begins with `first`.
Document wrapped(const Line& first, const std::vector<Line>& pieces, std::string_view separator, std::size_t indent,
                 std::size_t width);

}  // namespace lldbgo
