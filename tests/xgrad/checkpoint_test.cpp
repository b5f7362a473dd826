#include "xgrad/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/io/pytorch.h"
#include "tests/autograd/io/files.h"
#include "tests/xgrad/training.h"

namespace xgrad {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class CheckpointTest : public TemporaryFolder {};

TEST_F(CheckpointTest, AResumedRunGivesTheBitsOfOneThatNeverStopped) {
  TrainingRun whole(path("whole"));
  whole.train(4, 1000, 100);
  const std::string expected = whole.bits();
  // After 7 steps: the second batch of an epoch. After 12: the last one. Neither model nor generator start alike.
  for (const std::int64_t stop : {1, 7, 12, 18}) {
    const std::string folder = path(std::to_string(stop));
    TrainingRun first(folder);
    first.train(4, stop, stop);
    TrainingRun second(folder, 99);
    second.resume();
    EXPECT_EQ(second.step, stop);
    second.train(4, 1000, 100);
    EXPECT_EQ(second.bits(), expected) << stop;
  }
}

TEST_F(CheckpointTest, SparseGradientsGoOnWithTheSameBits) {
  const auto train = [&](const std::string& folder, std::int64_t steps) {
    manual_seed(3);
    nn::Embedding table(nn::EmbeddingOptions(50, 4).sparse(true));
    optim::SparseAdam optimizer(table->parameters(), 0.01);
    Checkpoint checkpoint(path(folder));
    checkpoint.add("table", table).add("optimizer", optimizer);
    const auto progress = checkpoint.resume();
    std::int64_t step = progress ? progress->step : 0;
    while (step < steps) {
      optimizer.zero_grad();
      table->forward(randint(50, {6})).square().sum().backward();
      optimizer.step();
      checkpoint.save(++step);
    }
    return std::pair(table->weight.to_vector<float>(), optimizer.state_dict());
  };
  const auto whole = train("whole", 20);
  train("parts", 7);
  const auto resumed = train("parts", 20);
  EXPECT_EQ(resumed.first, whole.first);
  EXPECT_EQ(resumed.second, whole.second);
}

TEST_F(CheckpointTest, TheLastOnesAndTheBestOneStay) {
  TrainingRun run(path("run"), 1, {.keep_last = 2});
  const std::vector<double> metrics{5, 3, 4, std::nan(""), 6};
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    run.checkpoint.save(static_cast<std::int64_t>(10 * i), metrics[i], static_cast<std::int64_t>(i));
  }
  EXPECT_THAT(names("run"), ElementsAre("best.pt", "checkpoint-0000000030.pt", "checkpoint-0000000040.pt"));
  EXPECT_EQ(run.checkpoint.latest(), path("run/checkpoint-0000000040.pt"));
  TrainingRun again(path("run"));
  const auto latest = again.checkpoint.resume();
  ASSERT_TRUE(latest.has_value());
  EXPECT_EQ(latest->step, 40);
  EXPECT_EQ(latest->metric, 6);
  EXPECT_EQ(latest->best_metric, 3);
  EXPECT_EQ(latest->extra.to_int(), 4);
  const auto best = again.checkpoint.load_best();
  EXPECT_EQ(best->step, 10);
  EXPECT_EQ(best->metric, 3);
  again.checkpoint.save(50, 3.5);
  EXPECT_EQ(load_value(again.checkpoint.best()).at("step").to_int(), 10) << "3.5 is worse than 3";
  again.checkpoint.save(60, 2.5);
  EXPECT_EQ(load_value(again.checkpoint.best()).at("step").to_int(), 60);
}

TEST_F(CheckpointTest, HigherMetricsAreBetterOnRequest) {
  Checkpoint checkpoint(path("run"), {.lower_is_better = false});
  checkpoint.save(1, 0.5);
  checkpoint.save(2, 0.9);
  checkpoint.save(3, 0.7);
  EXPECT_EQ(load_value(checkpoint.best()).at("step").to_int(), 2);
}

TEST_F(CheckpointTest, AnEmptyFolderStartsANewRun) {
  TrainingRun run(path("new/folder"));
  EXPECT_FALSE(run.checkpoint.resume().has_value());
  EXPECT_FALSE(run.checkpoint.load_best().has_value());
  EXPECT_EQ(run.checkpoint.latest(), "");
  EXPECT_EQ(run.checkpoint.best(), "");
  write_text(path("file"), "");
  EXPECT_THAT([&] { Checkpoint(path("file")); }, ThrowsMessage<FileError>(HasSubstr(path("file"))));
  EXPECT_THROW(Checkpoint(path("x"), {.keep_last = 0}), ValueError);
}

TEST_F(CheckpointTest, AnotherRunsCheckpointsAreNotOverwritten) {
  TrainingRun(path("run")).checkpoint.save(5);
  TrainingRun other(path("run"));
  EXPECT_THAT([&] { other.checkpoint.save(6); }, ThrowsMessage<ValueError>(HasSubstr("a run that was not resumed")));
  other.resume();
  EXPECT_THAT([&] { other.checkpoint.save(5); }, ThrowsMessage<ValueError>(HasSubstr("step 5 does not follow step 5")));
  other.checkpoint.save(6);
}

TEST_F(CheckpointTest, AFileThatDoesNotFitChangesNothing) {
  TrainingRun run(path("run"));
  run.train(2, 3, 3);
  const std::string before = run.bits();
  const Value good = load_value(run.checkpoint.latest());
  const auto expect_refused = [&](const Value& state, const std::string& reason) {
    save_value(state, path("run/checkpoint-0000000009.pt"));
    EXPECT_THAT([&] { run.checkpoint.resume(); },
                ThrowsMessage<FileError>(AllOf(HasSubstr("checkpoint-0000000009.pt"), HasSubstr(reason))));
    EXPECT_EQ(run.bits(), before) << reason;
  };
  TrainingRun other(path("other"), 5);
  other.train(2, 7, 7);
  const Value later = load_value(other.checkpoint.latest());
  manual_seed(1);
  default_generator().set_state(good.at("generator").to_string());
  const auto with = [&](const std::string& key, const Value& value) {
    Value state = later;
    state.dict()[key] = value;
    return state;
  };
  expect_refused(with("format", "another"), "expected the format");
  expect_refused(with("more", 1), "unexpected: 'more'");
  expect_refused(with("optimizer", Value::Dict{}), "'optimizer'");
  expect_refused(with("model", Value::Dict{}), "missing: linear.bias");
  expect_refused(with("loader", Value::Dict{{"epoch", 0}}), "'loader'");
  expect_refused(with("generator", "no state"), "set_state");
  expect_refused(Value::Dict{{"step", 1}}, "there is no 'format'");
  expect_refused(Value(), "expected");
  write_text(path("run/checkpoint-0000000009.pt"), read_text(run.checkpoint.latest()).substr(0, 1000));
  EXPECT_THROW(run.checkpoint.resume(), FileError);
  EXPECT_EQ(run.bits(), before);
}

/// A module that keeps a number and a tensor besides its parameters.
struct CountingImpl : nn::Module {
  CountingImpl() : linear(register_module("linear", nn::Linear(3, 2))) {}
  void save(serialize::OutputArchive& archive) const override {
    Module::save(archive);
    archive.write("calls", calls);
    archive.write("mean", mean);
  }
  void load(serialize::InputArchive& archive) override {
    Module::load(archive);
    archive.read("calls", calls);
    archive.read("mean", mean);
  }

  nn::Linear linear;
  Value calls = 0;
  Tensor mean = zeros({2});
};
XGRAD_MODULE(Counting);

TEST_F(CheckpointTest, APartThatDoesNotFitBringsBackWhatOthersKeepBesidesParameters) {
  Counting model;
  optim::Adam optimizer(model->parameters(), 0.1);
  Value last = 1;
  Checkpoint checkpoint(path("run"));
  const auto take = [&](const Value& value) {
    if (value.is_none()) throw ValueError("nothing");
    last = value;
  };
  checkpoint.add("model", model)
      .add("optimizer", optimizer)
      .add(
          "last", [&] { return last; }, take);
  const auto train = [&] {
    model->linear(ones({1, 3})).square().sum().backward();
    optimizer.step();
    model->calls = model->calls.to_int() + 1;
    model->mean = model->mean + 1;
  };
  train();
  last = Value();
  checkpoint.save(1);
  last = 2;
  train();
  const Tensor weight = model->linear->weight.detach();
  const Tensor values = weight.clone();
  EXPECT_THAT([&] { checkpoint.resume(); }, ThrowsMessage<FileError>(HasSubstr("'last': nothing")));
  EXPECT_TRUE(model->linear->weight.equal(values));
  EXPECT_TRUE(weight.equal(values));
  EXPECT_EQ(model->linear->weight.data_ptr(), weight.data_ptr());
  EXPECT_EQ(model->calls.to_int(), 2);
  EXPECT_TRUE(model->mean.equal(full({2}, 2)));
  EXPECT_EQ(optimizer.state_dict().at("state").dict().at(0).at("step").to_tensor().item<double>(), 2);
  EXPECT_EQ(last.to_int(), 2);
}

TEST_F(CheckpointTest, ParametersKeepTheirMemory) {
  TrainingRun run(path("run"));
  run.train(2, 3, 3);
  std::vector<const void*> memory;
  for (const Tensor& parameter : run.model->parameters()) memory.push_back(parameter.data_ptr());
  run.checkpoint.resume();
  std::size_t i = 0;
  for (const Tensor& parameter : run.model->parameters()) EXPECT_EQ(parameter.data_ptr(), memory[i++]);
}

TEST_F(CheckpointTest, PartsHaveNamesOfTheirOwn) {
  TrainingRun run(path("run"));
  EXPECT_THAT([&] { run.checkpoint.add("model", run.model); }, ThrowsMessage<ValueError>(HasSubstr("'model' is taken")));
  EXPECT_THROW(run.checkpoint.add("step", run.model), ValueError);
  int counter = 3;
  run.checkpoint.add(
      "counter", [&] { return Value(counter); }, [&](const Value& state) { counter = static_cast<int>(state.to_int()); });
  Generator generator(5);
  run.checkpoint.add("noise", generator);
  run.checkpoint.save(1);
  const std::uint32_t next = generator.random();
  counter = 0;
  run.checkpoint.resume();
  EXPECT_EQ(counter, 3);
  EXPECT_EQ(generator.random(), next);
}

}  // namespace
}  // namespace xgrad
