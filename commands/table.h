// Aligned columns.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "commands/output.h"

namespace lldbgo {

class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// At most one cell per column; missing ones are empty.
  void row(std::vector<Line> cells) { rows_.push_back({std::move(cells), false}); }
  /// A line across all columns.
  void note(Line text) { rows_.push_back({{std::move(text)}, true}); }

  /// A column that is empty in every row is left out, with its title. No titles at all: no title line.
  Document lines(std::size_t indent, std::size_t gap = 2) const;

 private:
  struct Row {
    std::vector<Line> cells;
    bool across = false;
  };
  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace lldbgo
