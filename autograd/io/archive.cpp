#include "autograd/io/archive.h"

#include <algorithm>
#include <exception>
#include <istream>
#include <ostream>
#include <sstream>

#include "autograd/base/check.h"
#include "autograd/io/pytorch.h"
#include "autograd/io/readers.h"
#include "autograd/io/tensors.h"

namespace xgrad {
namespace serialize {

namespace {

/// An archive of what a file holds; its errors name the file.
InputArchive of_file(const Value& value, const std::string& path) {
  try {
    return InputArchive(value);
  } catch (const Error& error) {
    throw FileError(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace

void OutputArchive::write(const std::string& key, const Value& value) { entries_[key] = value; }

void OutputArchive::write(const std::string& key, const Tensor& tensor, OnlyBool /*is_buffer*/) {
  check<ValueError>(tensor.defined(), "OutputArchive: the tensor '{}' is undefined", key);
  entries_[key] = tensor.detach();
}

void OutputArchive::write(const std::string& key, const OutputArchive& archive) { entries_[key] = archive.entries_; }

void OutputArchive::save_to(const std::string& path) const { save_value(entries_, path); }

void OutputArchive::save_to(std::ostream& stream) const { save_value(entries_, stream); }

void OutputArchive::save_to(const std::function<std::size_t(const void*, std::size_t)>& write_bytes) const {
  std::ostringstream stream;
  save_to(stream);
  const std::string bytes = std::move(stream).str();
  const std::size_t written = write_bytes(bytes.data(), bytes.size());
  check<FileError>(written == bytes.size(), "OutputArchive: the function took {} of {} bytes", written, bytes.size());
}

InputArchive::Contents::Contents(Value::Dict dictionary) : values(std::move(dictionary)) {
  sorted.reserve(values.size());
  for (const auto& [key, value] : values) sorted.emplace_back(key.string(), sorted.size());
  std::sort(sorted.begin(), sorted.end());
}

InputArchive::InputArchive() : contents_(std::make_shared<const Contents>(Value::Dict())) {}

InputArchive::InputArchive(const Value& value) {
  Value::Dict entries;
  if (value.is_tensor()) {
    entries["0"] = value;
  } else if (value.is_list()) {
    for (std::size_t i = 0; i < value.size(); ++i) entries[std::to_string(i)] = value.list()[i];
  } else {
    check<TypeError>(value.is_dict(), "InputArchive: expected a dictionary, a list or a tensor, got {}", to_string(value));
    for (const auto& [key, item] : value.dict()) {
      const std::string text = key.is_string() ? key.string() : std::to_string(key.number());
      check<ValueError>(!entries.contains(text), "InputArchive: there are two entries '{}'", text);
      entries[text] = item;
    }
  }
  contents_ = std::make_shared<const Contents>(std::move(entries));
}

const Value& InputArchive::at(const std::string& key) const {
  if (const Value* value = find(key)) return *value;
  throw IndexError(fmt::format("InputArchive: there is no '{}{}' in {}", prefix_, key, to_string(entries())));
}

void InputArchive::note_reader() const {
  if (readers_) readers_->insert(prefix_);
}

std::shared_ptr<const std::set<std::string>> InputArchive::watch_readers() {
  readers_ = std::make_shared<std::set<std::string>>();
  return readers_;
}

const Value* InputArchive::find(const std::string& key) const { return contents_->values.find(start_ + key); }

void InputArchive::read(const std::string& key, Value& value) const {
  note_reader();
  value = at(key);
}

void InputArchive::read(const std::string& key, Tensor& tensor, OnlyBool is_buffer) const {
  note_reader();
  check<TypeError>(at(key).is_tensor(), "InputArchive: '{}{}' is {}, expected a tensor", prefix_, key, to_string(at(key)));
  try_read(key, tensor, is_buffer);
}

void InputArchive::read(const std::string& key, InputArchive& archive) const {
  if (!try_read(key, archive)) {
    check<TypeError>(find(key) == nullptr, "InputArchive: '{}{}' is {}, expected an archive", prefix_, key,
                     to_string(at(key)));
    at(key);
  }
}

bool InputArchive::try_read(const std::string& key, Value& value) const {
  note_reader();
  const Value* found = find(key);
  if (found == nullptr) return false;
  value = *found;
  return true;
}

bool InputArchive::try_read(const std::string& key, Tensor& tensor, OnlyBool /*is_buffer*/) const {
  note_reader();
  const Value* found = find(key);
  if (found == nullptr || !found->is_tensor()) return false;
  // Two tensors that are read from one archive do not share memory.
  const Tensor copy = found->to_tensor().clone();
  if (tensor.defined()) {
    tensor.set_data(copy);
  } else {
    tensor = copy;
  }
  return true;
}

bool InputArchive::try_read(const std::string& key, InputArchive& archive) const {
  note_reader();
  const Value* found = find(key);
  const bool is_archive = found != nullptr && (found->is_dict() || found->is_list());
  InputArchive result = nested(key);
  if (!is_archive && result.entries().empty()) return false;
  archive = std::move(result);
  return true;
}

InputArchive InputArchive::nested(const std::string& key) const {
  const std::string start = key + ".";
  InputArchive result;
  if (const Value* found = find(key); found != nullptr && (found->is_dict() || found->is_list())) {
    result = InputArchive(*found);
  } else {
    result.contents_ = contents_;
    result.start_ = start_ + start;
  }
  result.prefix_ = prefix_ + start;
  result.readers_ = readers_;
  return result;
}

std::vector<std::string> InputArchive::keys() const {
  std::vector<std::string> result;
  for (const auto& [key, value] : entries()) result.push_back(key.string());
  return result;
}

Value::Dict InputArchive::entries_below() const {
  const auto& sorted = contents_->sorted;
  std::vector<std::pair<std::size_t, const std::string*>> found;
  for (auto item = std::lower_bound(sorted.begin(), sorted.end(), std::pair(start_, std::size_t{0}));
       item != sorted.end() && item->first.starts_with(start_); ++item) {
    found.emplace_back(item->second, &item->first);
  }
  std::sort(found.begin(), found.end());
  Value::Dict entries;
  for (const auto& [place, name] : found) entries[name->substr(start_.size())] = contents_->values.at(*name);
  return entries;
}

const Value::Dict& InputArchive::entries() const {
  if (start_.empty()) return contents_->values;
  if (!entries_) entries_ = std::make_shared<const Value::Dict>(entries_below());
  return *entries_;
}

void InputArchive::load_from(const std::string& path, std::optional<Device> /*device*/) {
  *this = of_file(detail::read_any(path, {}, detail::Elements::copied), path);
}

void InputArchive::map_from(const std::string& path) {
  *this = of_file(detail::read_any(path, {}, detail::Elements::in_file), path);
}

void InputArchive::load_from(std::istream& stream, std::optional<Device> /*device*/) {
  *this = of_file(load_value(stream), "stream");
}

void InputArchive::load_from(const char* data, std::size_t size, std::optional<Device> device) {
  std::istringstream stream(std::string(data, size));
  load_from(stream, device);
}

void InputArchive::load_from(const std::function<std::size_t(std::uint64_t, void*, std::size_t)>& read_bytes,
                             const std::function<std::size_t()>& size, std::optional<Device> device) {
  const std::size_t all = size();
  std::string bytes;
  try {
    bytes.resize(all);
  } catch (const std::exception&) {
    throw FileError(fmt::format("InputArchive: there is no memory for {} bytes", all));
  }
  const std::size_t count = read_bytes(0, bytes.data(), bytes.size());
  check<FileError>(count == bytes.size(), "InputArchive: the function gave {} of {} bytes", count, bytes.size());
  load_from(bytes.data(), bytes.size(), device);
}

OutputArchive& operator<<(OutputArchive& archive, const Tensor& tensor) {
  archive.write("0", tensor);
  return archive;
}

InputArchive& operator>>(InputArchive& archive, Tensor& tensor) {
  archive.read("0", tensor);
  return archive;
}

}  // namespace serialize

namespace {

Value list_of(const std::vector<Tensor>& tensors) { return Value::List(tensors.begin(), tensors.end()); }

void append(std::vector<Tensor>& tensors, const serialize::InputArchive& archive) {
  std::vector<Tensor> found;
  for (Tensor next; archive.try_read(std::to_string(found.size()), next); next = Tensor()) found.push_back(next);
  check<ValueError>(found.size() == archive.entries().size(), "load: expected tensors under 0, 1, 2 ..., got {}",
                    to_string(archive.entries()));
  tensors.insert(tensors.end(), found.begin(), found.end());
}

}  // namespace

void save(const Tensor& tensor, const std::string& path) { save_value(tensor, path); }
void save(const Tensor& tensor, std::ostream& stream) { save_value(tensor, stream); }
void save(const std::vector<Tensor>& tensors, const std::string& path) { save_value(list_of(tensors), path); }
void save(const std::vector<Tensor>& tensors, std::ostream& stream) { save_value(list_of(tensors), stream); }

void load(Tensor& tensor, const std::string& path, std::optional<Device> /*device*/) {
  serialize::InputArchive archive;
  archive.map_from(path);  // reading copies
  archive >> tensor;
}
void load(Tensor& tensor, std::istream& stream, std::optional<Device> device) {
  serialize::InputArchive archive;
  archive.load_from(stream, device);
  archive >> tensor;
}
void load(std::vector<Tensor>& tensors, const std::string& path, std::optional<Device> /*device*/) {
  serialize::InputArchive archive;
  archive.map_from(path);  // reading copies
  append(tensors, archive);
}
void load(std::vector<Tensor>& tensors, std::istream& stream, std::optional<Device> device) {
  serialize::InputArchive archive;
  archive.load_from(stream, device);
  append(tensors, archive);
}

}  // namespace xgrad
