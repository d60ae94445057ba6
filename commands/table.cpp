#include "commands/table.h"

#include <algorithm>

namespace lldbgo {

Document Table::lines(std::size_t indent, std::size_t gap) const {
  std::vector<std::size_t> width(columns_.size(), 0);
  for (const Row& row : rows_) {
    if (row.across) continue;
    for (std::size_t i = 0; i < std::min(row.cells.size(), width.size()); ++i) {
      width[i] = std::max(width[i], row.cells[i].columns());
    }
  }
  bool titled = false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (width[i] == 0) continue;
    titled = titled || !columns_[i].title.empty();
    width[i] = std::max(width[i], columns_of(columns_[i].title));
  }

  auto laid_out = [&](const std::vector<Line>& cells) {
    Line line;
    line.pad(indent);
    std::size_t column = indent;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (width[i] == 0) continue;
      if (i < cells.size()) {
        std::size_t lead = columns_[i].align == Align::right ? width[i] - cells[i].columns() : 0;
        line.pad(column + lead).add(cells[i]);
      }
      column += width[i] + gap;
    }
    return line;
  };

  Document out;
  if (titled) {
    std::vector<Line> titles;
    for (const Column& column : columns_) titles.emplace_back(column.title, Style::note);
    out.add(laid_out(titles));
  }
  for (const Row& row : rows_) {
    if (!row.across) {
      out.add(laid_out(row.cells));
      continue;
    }
    Line line;
    line.pad(indent).add(row.cells[0]);
    out.add(std::move(line));
  }
  return out;
}

}  // namespace lldbgo
