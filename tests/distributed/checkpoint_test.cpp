#include "distributed/checkpoint.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "autograd/autograd.h"
#include "distributed/parallel/data_parallel.h"
#include "nn/nn.h"
#include "optim/optim.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using testing::Each;
using testing::HasSubstr;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return std::move(content).str();
}

std::string fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("distributed_checkpoint_" + name);
  std::filesystem::remove_all(folder);
  return folder.string();
}

/// Trains up to a step, from where the folder's checkpoint is.
void train(const std::string& folder, std::int64_t steps) {
  const DefaultGeneratorGuard generator{Generator(5)};
  nn::Linear model(20, 3);
  nn::Dropout dropout(0.5);
  nn::parallel::DistributedDataParallel ddp(model, {.shards = 6});
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.1));
  dist::DistributedCheckpoint checkpoint(folder);
  checkpoint.add("model", model).add("optimizer", optimizer).add("parallel", ddp);
  if (const auto progress = checkpoint.resume()) {
    EXPECT_EQ(progress->step, ddp.steps());
    EXPECT_EQ(progress->extra.to_string(), "more");
  }
  while (ddp.steps() < steps) {
    optimizer.zero_grad();
    const double loss = ddp.step([&](std::int64_t shard) {
      return ddp(dropout(full({2, 20}, static_cast<double>(shard) + 1, kFloat32))).square().mean();
    });
    optimizer.step();
    if (ddp.steps() % 3 == 0) checkpoint.save(ddp.steps(), loss, "more");
  }
}

}  // namespace

TEST(DistributedCheckpointTest, any_number_of_ranks_writes_the_file_of_one) {
  const std::string alone = fresh_folder("alone");
  train(alone, 6);
  const std::string expected = bytes_of(alone + "/checkpoint-0000000006.pt");
  ASSERT_FALSE(expected.empty());
  for (const int ranks : {2, 3, 6}) {
    const std::string folder = fresh_folder(std::to_string(ranks));
    dist::run_threads(ranks, [&] { train(folder, 6); });
    EXPECT_EQ(bytes_of(folder + "/checkpoint-0000000006.pt"), expected) << ranks;
  }
}

TEST(DistributedCheckpointTest, a_run_goes_on_with_other_ranks_and_the_same_bits) {
  const std::string alone = fresh_folder("whole");
  train(alone, 9);
  const std::string folder = fresh_folder("parts");
  dist::run_threads(3, [&] { train(folder, 4); });  // the fourth step is lost
  dist::run_threads(5, [&] { train(folder, 6); });
  train(folder, 9);
  EXPECT_EQ(bytes_of(folder + "/checkpoint-0000000009.pt"), bytes_of(alone + "/checkpoint-0000000009.pt"));
}

TEST(DistributedCheckpointTest, a_plain_checkpoint_reads_it) {
  const std::string folder = fresh_folder("plain");
  dist::run_threads(2, [&] { train(folder, 3); });
  const Value state = load_value(folder + "/checkpoint-0000000003.pt");
  EXPECT_EQ(state.at("model").at("weight").to_tensor().sizes(), (DimVector{3, 20}));
  EXPECT_EQ(state.at("parallel").at("shards").to_int(), 6);
}

TEST(DistributedCheckpointTest, what_goes_wrong_on_rank_0_goes_wrong_on_all) {
  const std::string folder = fresh_folder("wrong");
  train(folder, 3);
  EXPECT_THAT(failures_on_ranks(3,
                                [&] {
                                  nn::Linear model(20, 3);
                                  dist::DistributedCheckpoint checkpoint(folder);
                                  checkpoint.add("model", model);
                                  checkpoint.save(1);
                                }),
              Each(HasSubstr("of a run that was not resumed")));
  EXPECT_THAT(failures_on_ranks(3,
                                [&] {
                                  nn::Linear model(20, 4);
                                  nn::Linear optimizer(1, 1);
                                  nn::Linear parallel(1, 1);
                                  dist::DistributedCheckpoint checkpoint(folder);
                                  checkpoint.add("model", model).add("optimizer", optimizer).add("parallel", parallel);
                                  checkpoint.resume();
                                }),
              Each(HasSubstr("'model'")));
  std::ofstream(folder + "/checkpoint-0000000003.pt") << "no checkpoint";
  EXPECT_THAT(failures_on_ranks(2,
                                [&] {
                                  dist::DistributedCheckpoint checkpoint(folder);
                                  checkpoint.resume();
                                }),
              Each(HasSubstr("checkpoint-0000000003.pt")));
}

}  // namespace xgrad::test
