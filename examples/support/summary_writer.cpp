#include "summary_writer.h"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "support/summary.pb.h"

namespace support {

using xgrad::FileError;
using xgrad::ValueError;

namespace {

/// CRC-32C (Castagnoli), bit-reflected, as in https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
std::uint32_t crc32c(const std::string& bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> result{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t remainder = i;
      for (int bit = 0; bit < 8; ++bit) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0x82F63B78U : 0U);
      result[i] = remainder;
    }
    return result;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char byte : bytes) crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  return ~crc;
}

/// Records hold checksums of data that may hold checksums itself, hence the mask (TensorFlow's TFRecord format).
std::uint32_t masked_crc(const std::string& bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

template <class Integer>
std::string little_endian(Integer value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
  return bytes;
}

}  // namespace

SummaryWriter::SummaryWriter(const std::string& log_dir) : folder_(log_dir) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  // TensorBoard orders the files of a folder by name; the last two parts keep those of one second apart.
  static std::atomic<int> count = 0;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  path_ = (std::filesystem::path(folder_) /
           fmt::format("events.out.tfevents.{:010}.xgrad.{}.{}", now.count(), getpid(), count++))
              .string();
  file_.open(path_, std::ios::binary);
  if (error || !file_) throw FileError(path_ + ": cannot be written");
  tensorboard::Event event;
  event.set_file_version("brain.Event:2");
  write(event, 0);
}

SummaryWriter::~SummaryWriter() = default;

void SummaryWriter::write(tensorboard::Event& event, std::int64_t step) {
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  event.set_wall_time(now.count());
  event.set_step(step);
  const std::string data = event.SerializeAsString();
  const std::string length = little_endian(static_cast<std::uint64_t>(data.size()));
  file_ << length << little_endian(masked_crc(length)) << data << little_endian(masked_crc(data));
  if (!file_) throw FileError(path_ + ": cannot be written");
}

void SummaryWriter::add_scalar(const std::string& tag, double value, std::int64_t step) {
  tensorboard::Event event;
  auto* entry = event.mutable_summary()->add_value();
  entry->set_tag(tag);
  entry->set_simple_value(static_cast<float>(value));
  write(event, step);
}

void SummaryWriter::add_scalars(const std::string& main_tag, const std::map<std::string, double>& values,
                                std::int64_t step) {
  for (const auto& [name, value] : values) {
    std::string part = main_tag + "_" + name;
    for (char& c : part) c = c == '/' ? '_' : c;
    auto& writer = parts_[part];
    if (!writer) writer = std::make_unique<SummaryWriter>((std::filesystem::path(folder_) / part).string());
    writer->add_scalar(main_tag, value, step);
  }
}

void SummaryWriter::add_histogram(const std::string& tag, const xgrad::Tensor& values, std::int64_t step,
                                  std::int64_t bins) {
  const std::vector<double> elements = values.to_vector<double>();
  if (elements.empty() || bins < 1) throw ValueError("add_histogram: expected elements and bins, got none");
  tensorboard::Event event;
  auto* entry = event.mutable_summary()->add_value();
  entry->set_tag(tag);
  auto* histogram = entry->mutable_histo();
  double min = elements[0];
  double max = elements[0];
  double sum = 0;
  double sum_squares = 0;
  for (const double element : elements) {
    if (!std::isfinite(element)) throw ValueError("add_histogram: expected finite elements, got " + std::to_string(element));
    min = std::min(min, element);
    max = std::max(max, element);
    sum += element;
    sum_squares += element * element;
  }
  const double width = max > min ? (max - min) / static_cast<double>(bins) : 1;
  std::vector<double> counts(static_cast<std::size_t>(bins));
  for (const double element : elements) {
    counts[std::min(counts.size() - 1, static_cast<std::size_t>((element - min) / width))] += 1;
  }
  histogram->set_min(min);
  histogram->set_max(max);
  histogram->set_num(static_cast<double>(elements.size()));
  histogram->set_sum(sum);
  histogram->set_sum_squares(sum_squares);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    histogram->add_bucket_limit(min + width * static_cast<double>(i + 1));
    histogram->add_bucket(counts[i]);
  }
  write(event, step);
}

void SummaryWriter::add_text(const std::string& tag, const std::string& text, std::int64_t step) {
  tensorboard::Event event;
  auto* entry = event.mutable_summary()->add_value();
  entry->set_tag(tag + "/text_summary");
  entry->mutable_metadata()->mutable_plugin_data()->set_plugin_name("text");
  auto* tensor = entry->mutable_tensor();
  tensor->set_dtype(7);  // DT_STRING
  tensor->mutable_tensor_shape()->add_dim()->set_size(1);
  tensor->add_string_val(text);
  write(event, step);
}

void SummaryWriter::flush() {
  file_.flush();
  for (const auto& [name, part] : parts_) part->flush();
  if (!file_) throw FileError(path_ + ": cannot be written");
}

}  // namespace support
