// Files that Python's torch.save wrote (tests/golden/make_pytorch_files.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/autograd/io/files.h"
#include "tests/support/travelling_run.h"

namespace xgrad {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string golden(const std::string& name) { return std::string(XGRAD_GOLDEN_DIR "/pytorch/") + name + ".pt"; }

class PytorchRunTest : public TemporaryFolder, public testing::WithParamInterface<const char*> {};

TEST_P(PytorchRunTest, BegunInPythonGoesOnWithTheSameLosses) {
  const Value file = load_value(golden(GetParam()));
  test::TravellingRun run(file);
  const std::vector<double> losses = run.train(10);
  for (int i = 0; i < 10; ++i) EXPECT_NEAR(losses[i], file.at("losses").at(i).to_double(), 1e-5) << "step " << i;
  EXPECT_LT(losses.back(), losses.front());
}

TEST_P(PytorchRunTest, SavedAndReadAgainGoesOnWithTheSameBits) {
  test::TravellingRun run(load_value(golden(GetParam())));
  run.train(5);
  save_value(run.state({}), path("run.pt"));
  test::TravellingRun again(load_value(path("run.pt")));
  EXPECT_EQ(again.train(5), run.train(5));
}

INSTANTIATE_TEST_SUITE_P(All, PytorchRunTest,
                         testing::Values("rnn_adam", "rnn_relu_sgd", "lstm_adamw", "lstm_rmsprop", "gru_adagrad",
                                         "gru_adam"),
                         [](const auto& run) { return run.param; });

TEST(PytorchFilesTest, EveryDtypeAndLayoutIsRead) {
  const Value file = load_value(golden("dtypes"));
  const Tensor values = tensor({{1, 0, 3}, {0, 5, 1}});
  for (const Dtype dtype : {kBool, kUInt8, kInt8, kInt16, kInt32, kInt64, kFloat16, kBFloat16, kFloat32, kFloat64}) {
    EXPECT_EQ(file.at(to_string(dtype)), Value(values.to(dtype))) << to_string(dtype);
  }
  const Tensor base = arange(24, kFloat32).view({4, 6});
  EXPECT_EQ(file.at("base"), Value(base));
  EXPECT_EQ(file.at("transposed"), Value(base.t()));
  EXPECT_EQ(file.at("column"), Value(base.select(1, 2)));
  EXPECT_EQ(file.at("part"), Value(base.slice(0, 1, 3).slice(1, 1, 4)));
  EXPECT_EQ(file.at("expanded"), Value(zeros({3})));
  EXPECT_EQ(file.at("expanded").to_tensor().stride(0), 0);
  EXPECT_EQ(file.at("scalar"), Value(scalar_tensor(2.5, kFloat64)));
  EXPECT_EQ(file.at("empty"), Value(zeros({2, 0, 3})));
  EXPECT_EQ(file.at("parameter"), Value(ones({2})));
  EXPECT_EQ(file.at("nested").at("list"),
            Value(Value::List{1, -1, std::int64_t{1} << 40, 1.5, Value(), true, "na\u00efve"}));
  EXPECT_EQ(file.at("nested").at("tuple"), Value::tuple({1, Value::tuple({2.0}), Value::tuple({})}));
  EXPECT_EQ(file.at("nested").at(7), Value("seven"));
  EXPECT_EQ(file.at("nested").at("size"), Value::tuple({2, 3}));
  const auto storage = [&](const char* name) { return file.at(name).to_tensor().impl()->storage.get(); };
  EXPECT_EQ(storage("base"), storage("column"));
}

TEST(PytorchFilesTest, FilesInTheOldFormatAndWholeModulesAreRefusedWithAWayOut) {
  EXPECT_THAT([] { load_value(golden("legacy")); },
              ThrowsMessage<FileError>(HasSubstr("torch.save(torch.load(path), path)")));
  EXPECT_THAT([] { load_tensors(golden("legacy")); },
              ThrowsMessage<FileError>(HasSubstr("torch.save(torch.load(path), path)")));
  EXPECT_THAT([] { load_value(golden("whole_module")); },
              ThrowsMessage<FileError>(HasSubstr("\"torch.nn.modules.linear Linear\" is refused")));
}

}  // namespace
}  // namespace xgrad
