// How long a large model takes to load, beside reading its file, and how much memory besides its parameters.
#include <fcntl.h>
#include <unistd.h>
#include <xgrad/xgrad.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace xgrad;

namespace {

/// Matrices of 64 MB.
nn::Sequential make_model(std::int64_t layers) {
  nn::Sequential model;
  for (std::int64_t i = 0; i < layers; ++i) model->push_back(nn::Linear(nn::LinearOptions(4096, 4096).bias(false)));
  return model;
}

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Reads the whole file into memory that is there already.
void read_file(const std::string& path, std::vector<char>& memory) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  std::size_t position = 0;
  for (ssize_t count = 1; count > 0; position += static_cast<std::size_t>(count)) {
    count = ::read(file, memory.data() + position, std::min<std::size_t>(memory.size() - position, 1U << 24U));
    if (count <= 0) break;
  }
  ::close(file);
  if (position != memory.size()) throw FileError("cannot read " + path);
}

/// The number that /proc/self/status has under a name, in MB.
double status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stod(line.substr(name.size() + 1)) / 1e3;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Loads a model from a file of each format");
  std::string folder = std::filesystem::temp_directory_path();
  std::int64_t layers = 16;
  int repeats = 5;
  app.add_option("--folder", folder, "Where the files go");
  app.add_option("--layers", layers, "Matrices of 64 MB");
  app.add_option("--repeats", repeats, "The fastest counts");
  CLI11_PARSE(app, argc, argv);

  const nn::Sequential model = make_model(layers);
  const double megabytes = static_cast<double>(layers) * 4096 * 4096 * 4 / 1e6;
  for (const char* ending : {".safetensors", ".pt", ".npz"}) {
    const std::string path = folder + "/load_model" + ending;
    save(model, path);
    double reading = 1e9;
    {
      std::vector<char> memory(std::filesystem::file_size(path));
      for (int i = 0; i < repeats; ++i) reading = std::min(reading, seconds([&] { read_file(path, memory); }));
    }
    std::ofstream("/proc/self/clear_refs") << 5;  // the peak begins anew
    const double before = status("VmRSS");
    double loading = 1e9;
    for (int i = 0; i < repeats; ++i) loading = std::min(loading, seconds([&] { load(model, path); }));
    std::printf("%-12s %6.0f MB  read %.3f s  load %.3f s  (%.2f times)  memory besides the parameters %.0f MB (%.0f %%)\n",
                ending, megabytes, reading, loading, loading / reading, status("VmHWM") - before,
                100 * (status("VmHWM") - before) / megabytes);
    std::filesystem::remove(path);
  }
}
