#include "plot.h"

#include <fmt/core.h>
#include <sys/wait.h>
#include <xgrad/xgrad.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace support {

using xgrad::FileError;
using xgrad::ValueError;

namespace {

/// The name of a file. gnuplot's single quotes know one escape: the quote itself, doubled.
std::string quoted_path(const std::string& path) {
  std::string result = "'";
  for (const char c : path) result += c == '\'' ? "''" : std::string(1, c);
  return result + "'";
}

/// A text to be read, with apostrophes in the place of quotes: a doubled one at the beginning gnuplot takes for an end.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "\u2019" : c == '\n' ? " " : std::string(1, c);
  return result + "'";
}

/// The label of a tic, which gnuplot takes for a format.
std::string quoted_label(const std::string& text) {
  std::string format;
  for (const char c : text) format += c == '%' ? "%%" : std::string(1, c);
  return quoted(format);
}

std::string terminal(const std::string& path, int width, int height) {
  const char* kind = path.ends_with(".svg") ? "svg dynamic" : "pngcairo";
  return fmt::format("set terminal {} size {},{} font 'DejaVu Sans,13' background rgb 'white'\nset output {}\n", kind, width,
                     height, quoted_path(path));
}

/// A block of data with a name, which plot commands refer to.
std::string data_block(const std::string& name, const Series& series) {
  std::string text = fmt::format("${} << EOD\n", name);
  for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
    text += fmt::format("{} {}\n", series.x[i], series.y[i]);
  }
  return text + "EOD\n";
}

std::string panel_commands(const Panel& panel, std::size_t number) {
  std::string text;
  std::string curves;
  std::size_t longest = 0;
  for (const Series& series : panel.series) longest = std::max(longest, series.x.size());
  const bool few = longest <= 20;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const Series& series = panel.series[i];
    const std::string name = fmt::format("panel{}_{}", number, i);
    text += data_block(name, series);
    curves += fmt::format("{}${} using 1:2 with {} linewidth 2 title {}", curves.empty() ? "" : ", ", name,
                          series.points ? "points pointtype 7 pointsize 0.4"
                          : few         ? "linespoints pointtype 7 pointsize 0.5"
                                        : "lines",
                          quoted(series.title));
  }
  text += fmt::format("set title {}\nset xlabel {}\nset ylabel {}\n", quoted(panel.title), quoted(panel.x_label),
                      quoted(panel.y_label));
  text += panel.logarithmic ? "set logscale y\nset format y '%.0e'\n" : "unset logscale y\nset format y '%g'\n";
  text += panel.series.size() > 1 ? "set key tmargin right horizontal noenhanced\n" : "unset key\n";
  text += few && !panel.dates && longest <= 12 ? "set xtics 1\n" : "set xtics autofreq\n";
  text += panel.dates ? "set xdata time\nset timefmt '%s'\nset format x '%Y-%m'\n" : "set xdata\nset format x '%g'\n";
  return text + "plot " + curves + "\n";
}

std::string heatmap_commands(const Heatmap& map) {
  std::string text = "$cells << EOD\n";
  for (const std::vector<double>& row : map.cells) {
    for (const double cell : row) text += fmt::format("{} ", cell);
    text += "\n";
  }
  text += "EOD\n";
  const auto labels = [](const char* axis, const std::vector<std::string>& names) {
    std::string tics = fmt::format("set format {0} '%s'\nset {0}tics noenhanced scale 0 (", axis);
    for (std::size_t i = 0; i < names.size(); ++i)
      tics += fmt::format("{}{} {}", i > 0 ? ", " : "", quoted_label(names[i]), i);
    return tics + ")\n";
  };
  text += "unset logscale y\nset xdata\nset offsets\nunset grid\nunset key\n";
  text += labels("x", map.columns) + labels("y", map.rows);
  text += fmt::format("set title {}\nset xlabel {}\nset ylabel {}\n", quoted(map.title), quoted(map.x_label),
                      quoted(map.y_label));
  text += fmt::format("set xrange [-0.5:{}]\nset yrange [{}:-0.5]\n", static_cast<double>(map.columns.size()) - 0.5,
                      static_cast<double>(map.rows.size()) - 0.5);
  return text +
         "set cbrange [0:1]\nset palette defined (0 '#ffffff', 0.5 '#56b4e9', 1 '#003a5d')\n"
         "plot $cells matrix with image pixels\n";
}

/// Runs gnuplot on a script, and waits for it.
void run_gnuplot(const std::string& path, const std::string& script) {
  const auto old_handler = std::signal(SIGPIPE, SIG_IGN);  // a gnuplot that ends early shows in its exit status
  std::FILE* pipe = popen("gnuplot", "w");
  if (pipe == nullptr) throw FileError(path + ": cannot start gnuplot");
  std::fwrite(script.data(), 1, script.size(), pipe);
  const int status = pclose(pipe);
  std::signal(SIGPIPE, old_handler);
  // No reason to lose what was trained.
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fflush(stdout);
    fmt::print(stderr, "warning: {}: gnuplot could not draw it\n", path);
  }
}

}  // namespace

void check_plot(const std::string& path) {
  if (!path.ends_with(".svg") && !path.ends_with(".png")) {
    throw ValueError("--plot " + path + ": expected a file name that ends in .svg or .png");
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread is started
  if (std::system("command -v gnuplot > /dev/null 2>&1") != 0) {
    throw FileError("--plot " + path + ": gnuplot is missing. On Debian: apt-get install gnuplot-nox");
  }
}

void plot(const std::string& path, const std::vector<Panel>& panels, const Heatmap* map) {
  check_plot(path);
  const auto count = static_cast<int>(panels.size()) + (map != nullptr ? 1 : 0);
  std::string script = terminal(path, 800, 60 + 300 * std::max(1, count));
  // The colours of Okabe and Ito, which people with any colour vision can tell apart.
  script +=
      "set linetype 1 linecolor rgb '#0072b2'\nset linetype 2 linecolor rgb '#d55e00'\n"
      "set linetype 3 linecolor rgb '#009e73'\nset linetype 4 linecolor rgb '#cc79a7'\n"
      "set grid linecolor rgb '#dddddd' linetype 1\nset border 3\nset tics nomirror\n"
      "set autoscale xfix\nset offsets graph 0.01, graph 0.01, 0, 0\n"
      "set title noenhanced\nset xlabel noenhanced\nset ylabel noenhanced\n";
  script += fmt::format("set multiplot layout {},1\n", std::max(1, count));
  for (std::size_t i = 0; i < panels.size(); ++i) script += panel_commands(panels[i], i);
  if (map != nullptr) script += heatmap_commands(*map);
  run_gnuplot(path, script + "unset multiplot\n");
}

}  // namespace support
