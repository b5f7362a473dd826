#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <filesystem>
#include <fstream>

namespace xgrad {
namespace {

class StateDictTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("xgrad_state_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(StateDictTest, a_saved_module_comes_back_bit_for_bit) {
  manual_seed(3);
  const nn::LSTM saved(nn::LSTMOptions(4, 5).num_layers(2).bidirectional(true));
  save(saved, path("lstm.safetensors"), {{"note", "two layers"}});
  const nn::LSTM loaded(nn::LSTMOptions(4, 5).num_layers(2).bidirectional(true));
  load(loaded, path("lstm.safetensors"));
  for (const auto& item : saved->named_parameters()) {
    EXPECT_TRUE(item.value().equal(loaded->named_parameters()[item.key()])) << item.key();
  }
  EXPECT_EQ(load_safetensors_metadata(path("lstm.safetensors")).at("note"), "two layers");
}

TEST_F(StateDictTest, one_error_lists_all_that_does_not_fit_and_nothing_changes) {
  const nn::Linear linear(3, 2);
  const Tensor before = linear->weight.detach().clone();
  try {
    nn::load_state_dict(*linear, {{"weight", zeros({3, 3})}, {"other", zeros({1})}});
    FAIL() << "nothing was thrown";
  } catch (const ValueError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("missing: bias"), std::string::npos) << text;
    EXPECT_NE(text.find("unexpected: other"), std::string::npos) << text;
    EXPECT_NE(text.find("weight is [3, 3], expected [2, 3]"), std::string::npos) << text;
  }
  EXPECT_TRUE(linear->weight.equal(before));
}

TEST_F(StateDictTest, not_strict_takes_what_fits_and_reports_the_rest) {
  const nn::Linear linear(3, 2);
  const auto keys = nn::load_state_dict(*linear, {{"bias", full({2}, 7.0)}, {"other", zeros({1})}}, false);
  EXPECT_TRUE(linear->bias.equal(full({2}, 7.0)));
  EXPECT_EQ(keys.missing_keys, std::vector<std::string>{"weight"});
  EXPECT_EQ(keys.unexpected_keys, std::vector<std::string>{"other"});
}

TEST_F(StateDictTest, not_strict_still_refuses_other_shapes_and_undefined_tensors) {
  const nn::Linear linear(3, 2);
  const Tensor before = linear->weight.detach().clone();
  EXPECT_THROW(nn::load_state_dict(*linear, {{"weight", ones({2, 3})}, {"bias", ones({3})}}, false), ValueError);
  EXPECT_THROW(nn::load_state_dict(*linear, {{"weight", ones({2, 3})}, {"bias", Tensor()}}, false), ValueError);
  EXPECT_TRUE(linear->weight.equal(before));
}

TEST_F(StateDictTest, every_format_brings_a_module_back) {
  const nn::GRU saved(nn::GRUOptions(3, 4));
  for (const char* name : {"gru.pt", "gru.pth", "gru.safetensors", "gru.npz"}) {
    save(saved, path(name));
    const nn::GRU loaded(nn::GRUOptions(3, 4));
    const auto keys = load(loaded, path(name));
    EXPECT_TRUE(keys.missing_keys.empty() && keys.unexpected_keys.empty());
    EXPECT_TRUE(loaded->named_parameters()["weight_ih_l0"].equal(saved->named_parameters()["weight_ih_l0"])) << name;
  }
  EXPECT_THROW(save(saved, path("gru.pt"), {{"note", "x"}}), ValueError);
}

TEST_F(StateDictTest, half_precision_in_a_file_is_converted_to_the_dtype_of_the_module) {
  const nn::Linear linear(3, 2);
  save_tensors({{"weight", ones({2, 3}, kFloat16)}, {"bias", ones({2}, kBFloat16)}}, path("half.pt"));
  load(linear, path("half.pt"));
  EXPECT_TRUE(linear->weight.equal(ones({2, 3})));
  EXPECT_EQ(linear->bias.dtype(), kFloat32);
}

TEST_F(StateDictTest, a_truncated_file_is_refused_and_the_module_stays) {
  const nn::Linear linear(30, 20);
  save(linear, path("whole.safetensors"));
  std::ifstream whole(path("whole.safetensors"), std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  std::ofstream(path("cut.safetensors"), std::ios::binary) << bytes.substr(0, bytes.size() - 100);
  const Tensor before = linear->weight.detach().clone();
  EXPECT_THROW(load(linear, path("cut.safetensors")), FileError);
  EXPECT_THROW(load(linear, path("absent.safetensors")), FileError);
  EXPECT_TRUE(linear->weight.equal(before));
}

}  // namespace
}  // namespace xgrad
