/// Pictures by gnuplot, which gets its commands and data through a pipe.
#pragma once

#include <string>
#include <vector>

namespace support {

/// One curve.
struct Series {
  std::string title;
  std::vector<double> x;
  std::vector<double> y;
  bool points = false;  ///< points instead of a line
};

/// One pair of axes. Panels of a picture stand one below the other.
struct Panel {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
  bool logarithmic = false;  ///< the y axis
  bool dates = false;        ///< x counts seconds since 1970, and is shown as months
};

/// A matrix as coloured cells, with a label for each row and column.
struct Heatmap {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<std::string> columns;
  std::vector<std::string> rows;
  std::vector<std::vector<double>> cells;  ///< one vector for each row
};

/// Throws ValueError unless the name ends in .svg or .png, FileError where gnuplot is missing.
void check_plot(const std::string& path);

/// Draws panels, and a matrix below them. Throws as check_plot, and FileError where gnuplot fails.
void plot(const std::string& path, const std::vector<Panel>& panels, const Heatmap* map = nullptr);

}  // namespace support
