#pragma once

#include <xgrad/xgrad.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>

namespace support::tensorboard {
class Event;
}  // namespace support::tensorboard

namespace support {

/// Writes what TensorBoard shows: `tensorboard --logdir FOLDER`. PyTorch's names:
/// https://pytorch.org/docs/1.13/tensorboard.html
class SummaryWriter {
 public:
  /// Makes the folder where it is missing, and an event file of its own in it. Throws FileError.
  explicit SummaryWriter(const std::string& log_dir);
  ~SummaryWriter();
  SummaryWriter(const SummaryWriter&) = delete;
  SummaryWriter& operator=(const SummaryWriter&) = delete;

  void add_scalar(const std::string& tag, double value, std::int64_t step);
  /// Several curves in one diagram: each gets an event file in a folder of its own, as TensorBoard wants it.
  void add_scalars(const std::string& main_tag, const std::map<std::string, double>& values, std::int64_t step);
  /// The distribution of a tensor's elements over `bins` intervals. Throws ValueError for one that is empty or has elements
  /// that are not finite.
  void add_histogram(const std::string& tag, const xgrad::Tensor& values, std::int64_t step, std::int64_t bins = 64);
  /// Markdown.
  void add_text(const std::string& tag, const std::string& text, std::int64_t step);

  /// Brings what was added to the file. Throws FileError.
  void flush();
  const std::string& path() const { return path_; }

 private:
  void write(tensorboard::Event& event, std::int64_t step);

  std::string folder_;
  std::string path_;
  std::ofstream file_;
  std::map<std::string, std::unique_ptr<SummaryWriter>> parts_;  ///< by folder, for add_scalars
};

}  // namespace support
