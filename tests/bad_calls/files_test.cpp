// Bad files for every reader, bad places for every writer, and bad numbers for data sets, samplers and loaders.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/bad_calls/hostile.h"

namespace xgrad {
namespace {

using test::BadCall;
using test::Hostile;

using Int = std::int64_t;

/// A folder with files that are none of what they are taken for.
const std::filesystem::path& folder() {
  static const std::filesystem::path path = [] {
    const auto place = std::filesystem::temp_directory_path() / ("xgrad_bad_calls_" + std::to_string(getpid()));
    std::filesystem::create_directories(place / "folder");
    const auto write = [&](const char* name, const std::string& content) {
      std::ofstream(place / name, std::ios::binary) << content;
    };
    write("empty", "");
    write("text.csv", "a,b\n1,2\n3\n\"4");
    write("lines.txt", "x\ty\n\n\xff\xfe\n__label__1 a b\n{\"text\": 1}\n");
    write("zip.pt", std::string("PK\x03\x04", 4) + std::string(200, '\0') + "PK\x05\x06");
    write("pickle.pt", std::string("\x80\x02}q\x00(X\xff\xff\xff\x7f", 12));
    write("array.npy", "\x93NUMPY\x01\x00" + std::string(60, '9'));
    write("tensors.safetensors", std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10));
    write("values.json", "{\"mean\": [1e999, {}], \"std\": nan}");
    return place;
  }();
  return path;
}

std::string file_of(Hostile& given) {
  static const char* const names[] = {
      "missing",    "folder", "empty", "text.csv", "lines.txt", "zip.pt", "pickle.pt", "array.npy", "tensors.safetensors",
      "values.json"};
  return (folder() / names[given.of<std::size_t>() % std::size(names)]).string();
}

/// Where nothing can be written.
std::string nowhere(Hostile& given) {
  return given.of<bool>() ? (folder() / "missing" / "deeper" / "file.pt").string() : (folder() / "folder").string();
}

const BadCall readers[] = {
    {"load_npy", [](Hostile& given) { (void)load_npy(file_of(given)); }},
    {"load_npz", [](Hostile& given) { (void)load_npz(file_of(given)); }},
    {"load_safetensors", [](Hostile& given) { (void)load_safetensors(file_of(given)); }},
    {"load_safetensors_metadata", [](Hostile& given) { (void)load_safetensors_metadata(file_of(given)); }},
    {"load_value", [](Hostile& given) { (void)load_value(file_of(given)); }},
    {"load_tensors", [](Hostile& given) { (void)load_tensors(file_of(given)); }},
    {"load", [](Hostile& given) { (void)load(nn::Linear(2, 2), file_of(given)); }},
    {"load of a stream",
     [](Hostile& given) {
       std::ifstream stream(file_of(given));
       (void)load(nn::Linear(2, 2), stream);
     }},
    {"load of a tensor",
     [](Hostile& given) {
       Tensor tensor;
       load(tensor, file_of(given));
     }},
    {"load of an optimizer",
     [](Hostile& given) {
       optim::Adam optimizer({ones({2}).requires_grad_()});
       load(optimizer, file_of(given));
     }},
    {"InputArchive::load_from",
     [](Hostile& given) {
       serialize::InputArchive archive;
       archive.load_from(file_of(given));
     }},
    {"Optimizer::load_state_dict",
     [](Hostile& given) {
       optim::Adam optimizer({ones({2}).requires_grad_()});
       optimizer.load_state_dict(given.of<bool>() ? Value(given.of<double>())
                                                  : Value(Value::Dict{{"state", given.of<Int>()}}));
     }},
    {"read_csv", [](Hostile& given) { (void)data::read_csv(file_of(given)); }},
    {"detect_csv", [](Hostile& given) { (void)data::detect_csv(file_of(given)); }},
    {"CsvReader", [](Hostile& given) { data::CsvReader reader(file_of(given)); }},
    {"CsvDataset", [](Hostile& given) { (void)data::CsvDataset(file_of(given)).get(given.of<std::size_t>()); }},
    {"JsonLinesReader",
     [](Hostile& given) {
       data::JsonLinesReader reader(file_of(given));
       for (Value value; reader.next(value);) continue;
     }},
    {"JsonLinesDataset", [](Hostile& given) { (void)data::JsonLinesDataset(file_of(given)).get(given.of<std::size_t>()); }},
    {"StandardScaler", [](Hostile& given) { (void)data::StandardScaler::load(file_of(given)); }},
    {"MinMaxScaler", [](Hostile& given) { (void)data::MinMaxScaler::load(file_of(given)); }},
    {"MinMaxScaler", [](Hostile& given) { data::MinMaxScaler scaler(given.of<double>(), given.of<double>()); }},
    {"read_series", [](Hostile& given) { (void)data::read_series(file_of(given)); }},
    {"read_labeled_texts", [](Hostile& given) { (void)data::read_labeled_texts(file_of(given)); }},
    {"LabeledTextReader", [](Hostile& given) { data::LabeledTextReader reader(file_of(given)); }},
    {"LineReader",
     [](Hostile& given) {
       data::LineReader reader(file_of(given));
       for (std::string line; reader.next(line);) continue;
     }},
    {"read_parallel_text", [](Hostile& given) { (void)data::read_parallel_text(file_of(given)); }},
    {"ParallelTextReader", [](Hostile& given) { data::ParallelTextReader reader(file_of(given), file_of(given)); }},
    {"read_tagged_text", [](Hostile& given) { (void)data::read_tagged_text(file_of(given)); }},
    {"TaggedTextReader", [](Hostile& given) { data::TaggedTextReader reader(file_of(given)); }},
    {"list_files", [](Hostile& given) { (void)data::list_files(file_of(given)); }},
    {"read_imdb", [](Hostile& given) { (void)data::read_imdb(file_of(given), given.of<std::string>()); }},
    {"Vocab", [](Hostile& given) { (void)data::Vocab::load(file_of(given)); }},
    {"Vocab",
     [](Hostile& given) { data::Vocab vocab(given.of<std::vector<std::string>>(), given.of<std::optional<Int>>()); }},
    {"WordVectors", [](Hostile& given) { (void)data::WordVectors::load(file_of(given)); }},
    {"Checkpoint",
     [](Hostile& given) { Checkpoint checkpoint(file_of(given), {.keep_last = static_cast<int>(given.of<Int>())}); }},
};

TEST(BadCalls, of_readers_throw_errors) {
  test::walk(readers);
  std::filesystem::remove_all(folder() / "missing");
}

const BadCall writers[] = {
    {"save_npy", [](Hostile& given) { save_npy(given.of<Tensor>(), nowhere(given)); }},
    {"save_npz",
     [](Hostile& given) {
       save_npz({{"a", given.of<Tensor>()}}, nowhere(given));
     }},
    {"save_safetensors",
     [](Hostile& given) {
       save_safetensors({{"a", given.of<Tensor>()}}, nowhere(given));
     }},
    {"save_tensors",
     [](Hostile& given) {
       save_tensors({{"a", given.of<Tensor>()}}, nowhere(given));
     }},
    {"save_value", [](Hostile& given) { save_value(Value(given.of<Tensor>()), nowhere(given)); }},
    {"save", [](Hostile& given) { save(nn::Linear(2, 2), nowhere(given)); }},
    {"save of a tensor", [](Hostile& given) { save(given.of<Tensor>(), nowhere(given)); }},
    {"StandardScaler::save", [](Hostile& given) { data::StandardScaler().save(nowhere(given)); }},
    {"MinMaxScaler::save", [](Hostile& given) { data::MinMaxScaler().save(nowhere(given)); }},
    {"Vocab::save", [](Hostile& given) { data::Vocab({"a"}).save(nowhere(given)); }},
};

TEST(BadCalls, of_writers_throw_errors_and_change_nothing) { test::walk(writers); }

const BadCall data_sets[] = {
    {"TensorDataset",
     [](Hostile& given) { (void)data::TensorDataset(given.of<TensorList>()).get(given.of<std::size_t>()); }},
    {"VectorDataset",
     [](Hostile& given) { (void)data::VectorDataset<Int>(given.of<std::vector<Int>>()).get(given.of<std::size_t>()); }},
    {"WindowDataset",
     [](Hostile& given) {
       data::WindowDataset windows(given.of<Tensor>(),
                                   {.length = given.of<Int>(), .horizon = given.of<Int>(), .stride = given.of<Int>()});
       (void)windows.get(given.of<std::size_t>());
     }},
    {"holdout_split", [](Hostile& given) { (void)data::holdout_split(given.of<Int>() % 1000, given.of<double>()); }},
    {"stratified_split",
     [](Hostile& given) { (void)data::stratified_split(given.of<std::vector<Int>>(), given.of<double>()); }},
    {"count_classes",
     [](Hostile& given) { (void)data::count_classes(given.of<std::vector<Int>>(), given.of<Int>() % 1000); }},
    {"SubsetRandomSampler",
     [](Hostile& given) {
       (void)data::SubsetRandomSampler({given.of<std::size_t>(), 1}).order(given.of<std::uint64_t>());
     }},
    {"samplers::RandomSampler",
     [](Hostile& given) { (void)data::samplers::RandomSampler(given.of<Int>() % 1000).next(given.of<std::size_t>()); }},
    {"samplers::SequentialSampler",
     [](Hostile& given) {
       (void)data::samplers::SequentialSampler(given.of<std::size_t>() % 1000).next(given.of<std::size_t>());
     }},
    {"samplers::StreamSampler",
     [](Hostile& given) { (void)data::samplers::StreamSampler(given.of<std::size_t>()).next(given.of<std::size_t>()); }},
    {"samplers::DistributedRandomSampler",
     [](Hostile& given) {
       data::samplers::DistributedRandomSampler sampler(given.of<std::size_t>() % 1000, given.of<std::size_t>(),
                                                        given.of<std::size_t>());
       (void)sampler.next(given.of<std::size_t>());
     }},
    {"DataLoader",
     [](Hostile& given) {
       data::DataLoader loader(data::TensorDataset(ones({4, 2})),
                               {.batch_size = given.of<Int>(), .num_workers = static_cast<int>(given.of<Int>())});
       for (const auto& batch : loader) (void)batch;
     }},
    {"make_data_loader",
     [](Hostile& given) {
       auto loader = data::make_data_loader(
           data::datasets::TensorDataset(ones({4, 2})),
           data::DataLoaderOptions().batch_size(given.of<std::size_t>()).workers(given.of<std::size_t>()));
       for (const auto& batch : *loader) (void)batch;
     }},
};

TEST(BadCalls, of_data_sets_and_loaders_throw_errors) { test::walk(data_sets); }

}  // namespace
}  // namespace xgrad
