/// Trains a language model on several processes or machines, with the same bits on any number of them.
#include <fmt/core.h>
#include <xgrad/distributed.h>

#include <chrono>
#include <functional>
#include <memory>
#include <numeric>

#include "../support/program.h"
#include "../support/progress.h"
#include "../support/screen.h"
#include "../write/text.h"
#include "model.h"

namespace {

using namespace xgrad;

struct Options {
  std::vector<std::string> data;
  std::string encoding = "utf-8";
  int ranks = 1;
  std::int64_t shards = 8;
  std::string backend;
  std::int64_t steps = 60;
  std::int64_t batch_size = 32;
  std::int64_t longest = 40;
  std::int64_t embedding_size = 64;
  std::int64_t hidden_size = 128;
  double dropout = 0.2;
  double learning_rate = 0.003;
  double clip = 1;
  std::uint64_t seed = 0;
  int threads = 0;
  double bucket_mb = 8;
  bool no_overlap = false;
  bool zero = false;
  bool sharded = false;
  std::int64_t timeout = 300;
  std::string save;
  std::string checkpoint;
  std::int64_t every = 20;
};

void declare(support::OptionParser& parser, Options& options) {
  parser.group("Data");
  parser.add("--data", options.data, "Text files, or folders of them; without it, a few pages that are built in");
  parser.add_choice("--encoding", options.encoding, {"utf-8", "latin-1"}, "Of the files");
  parser.group("Ranks");
  parser.add("--ranks", options.ranks, "Processes to start on this machine; under mpirun, srun or with RANK set, none are",
             support::Range::positive);
  parser.add("--shards", options.shards,
             "Parts of each batch: results depend on them, and not on the ranks, at most as many", support::Range::positive);
  parser.add_choice("--backend", options.backend, {"gloo", "mpi"}, "What moves the bytes; gloo where nothing else is said");
  parser.add("--timeout", options.timeout, "Seconds for which a rank waits for the others", support::Range::positive);
  parser.add("--bucket-mb", options.bucket_mb, "Gradients that travel together", support::Range::positive);
  parser.add_flag("--no-overlap", options.no_overlap, "Send gradients after backward, not while it goes on");
  parser.add_flag("--zero", options.zero, "Each rank keeps a part of what the optimizers remember, and updates that part");
  parser.add_flag("--sharded", options.sharded,
                  "Each rank keeps a part of the table of words; --clip leaves the table out then");
  parser.group("Model");
  parser.add("--embedding", options.embedding_size, "Size of the embedding", support::Range::positive);
  parser.add("--hidden", options.hidden_size, "Size of the LSTM", support::Range::positive);
  parser.add("--dropout", options.dropout, "Share that is dropped", support::Range::share);
  parser.group("Training");
  parser.add("--steps", options.steps, "Steps of the optimizers", support::Range::positive);
  parser.add("--batch-size", options.batch_size, "Sentences in a step, on all ranks together", support::Range::positive);
  parser.add("--longest", options.longest, "Words of a sentence; longer ones are cut", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam and SparseAdam", support::Range::positive);
  parser.add("--clip", options.clip, "Largest norm of the gradients", support::Range::positive);
  parser.add("--seed", options.seed, "Seed of all random numbers");
  parser.add("--threads", options.threads, "Threads of each rank; 0: the cores, divided by the ranks on the machine",
             support::Range::not_negative);
  parser.group("What a run leaves behind");
  parser.add_output("--save", options.save, "Write the trained model to this file");
  parser.add("--checkpoint", options.checkpoint, "Save the state of training to this folder, and go on from what is there");
  parser.add("--every", options.every, "Steps between two checkpoints", support::Range::positive);
}

/// What the loop and the checkpoint need of an optimizer of any kind.
struct AnyOptimizer {
  std::function<void()> zero_grad;
  std::function<void()> step;
  std::function<io::Value()> state;
  std::function<void(const io::Value&)> load_state;
};

template <class Optimizer, class Parameters, class OptimizerOptions>
AnyOptimizer make_optimizer(const Parameters& parameters, const OptimizerOptions& options) {
  const auto optimizer = std::make_shared<Optimizer>(parameters, options);
  return {[optimizer] { optimizer->zero_grad(); }, [optimizer] { optimizer->step(); },
          [optimizer] { return optimizer->state_dict(); },
          [optimizer](const io::Value& state) { optimizer->load_state_dict(state); }};
}

/// Of the parameters that every rank has whole.
AnyOptimizer make_adam(const Options& options, const TensorList& parameters) {
  const optim::AdamOptions adam(options.learning_rate);
  return options.zero ? make_optimizer<optim::ZeroRedundancyOptimizer<optim::Adam>>(parameters, adam)
                      : make_optimizer<optim::Adam>(parameters, adam);
}

/// Of the table.
AnyOptimizer make_sparse_adam(const Options& options, const parallel::WordModel& model) {
  const optim::SparseAdamOptions adam(options.learning_rate);
  if (options.sharded) {
    const std::vector<nn::ShardedEmbedding> tables{model->sharded};
    return make_optimizer<optim::ShardedTableOptimizer<optim::SparseAdam>>(tables, adam);
  }
  const TensorList table{model->embedding->weight};
  return options.zero ? make_optimizer<optim::ZeroRedundancyOptimizer<optim::SparseAdam>>(table, adam)
                      : make_optimizer<optim::SparseAdam>(table, adam);
}

/// Trains on this process's shards.
void train(const Options& options) {
  std::string text = writing::built_in_text();
  if (!options.data.empty()) text = data::read_plain_text(options.data, data::parse_encoding(options.encoding)).text;
  const auto sentences = parallel::split_sentences(text, static_cast<std::size_t>(options.longest));
  manual_seed(options.seed);
  parallel::WordModel model(sentences.words, options.embedding_size, options.hidden_size, options.dropout, options.sharded);
  nn::parallel::DistributedDataParallel ddp(model, {.shards = options.shards,
                                                    .reduction = distributed::ReduceOp::sum,
                                                    .bucket_bytes = static_cast<std::int64_t>(options.bucket_mb * (1 << 20)),
                                                    .overlap = !options.no_overlap});
  TensorList dense;
  for (const auto& item : model->named_parameters()) {
    if (item.key() != "embedding.weight") dense.push_back(item.value());
  }
  const AnyOptimizer adam = make_adam(options, dense);
  const AnyOptimizer sparse_adam = make_sparse_adam(options, model);
  const auto buckets = std::make_shared<data::BucketBatchSampler>(
      sentences.lengths, data::BucketOptions{.batch_size = options.batch_size, .seed = options.seed});
  data::DistributedLoader loader(sentences.numbers, {.batch_sampler = buckets, .seed = options.seed},
                                 {.shards = options.shards, .lengths = sentences.lengths}, parallel::collate);
  std::optional<distributed::DistributedCheckpoint> checkpoint;
  if (!options.checkpoint.empty()) {
    checkpoint.emplace(options.checkpoint);
    checkpoint->add("model", model)
        .add("adam", adam.state, adam.load_state)
        .add("sparse_adam", sparse_adam.state, sparse_adam.load_state)
        .add("parallel", ddp)
        .add("loader", loader);
    checkpoint->resume();
  }
  if (distributed::is_main()) {
    support::print_paragraph(
        fmt::format("{} sentences, {} words, {} different; {} shards on {} ranks", sentences.numbers.size(),
                    std::accumulate(sentences.lengths.begin(), sentences.lengths.end(), std::int64_t{0}), sentences.words,
                    options.shards, distributed::get_world_size()));
  }

  double loss = 0;
  const std::int64_t first = loader.steps();
  if (first > options.steps) {
    throw ValueError(
        fmt::format("--steps {}: what is saved in {} has gone {} steps already", options.steps, options.checkpoint, first));
  }
  support::Progress progress("training", options.steps - first, "steps");
  const auto start = std::chrono::steady_clock::now();
  while (loader.steps() < options.steps) {
    for (auto& step : loader) {
      adam.zero_grad();
      sparse_adam.zero_grad();
      if (options.sharded) {
        TensorList words;
        for (std::int64_t shard = ddp.own_shards().begin; shard < ddp.own_shards().end; ++shard) {
          if (const auto* batch = step.shard(shard)) words.push_back(batch->input.data());
        }
        model->sharded->fetch(words);
      }
      loss = ddp.step(step, [&](const parallel::SentenceBatch& batch) {
        return nn::functional::cross_entropy(ddp(batch.input), batch.target,
                                             nn::functional::CrossEntropyFuncOptions().reduction(kSum)) /
               step.weight();
      });
      nn::utils::clip_grad_norm_(model->parameters(), options.clip);
      adam.step();
      sparse_adam.step();
      if (distributed::is_main()) progress.update(loader.steps() - first, fmt::format("loss {:.4f}", loss));
      const bool last = loader.steps() == options.steps;
      if (checkpoint && (last || loader.steps() % options.every == 0)) checkpoint->save(loader.steps(), loss);
      if (last) break;
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  serialize::OutputArchive archive;
  model->save(archive);  // which gathers the table where it is sharded
  if (!distributed::is_main()) return;
  progress.clear();
  if (!options.save.empty() && options.sharded) archive.save_to(options.save);
  if (!options.save.empty() && !options.sharded) save(model, options.save);
  support::Figures figures;
  if (first < options.steps) {
    figures = {{"loss", loss}, {"steps_per_second", static_cast<double>(options.steps - first) / seconds}};
  }
  figures.emplace_back("ranks", distributed::get_world_size());
  support::print_result(figures);
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Trains a language model of words on several processes or machines.",
      {"parallel --ranks 4 --shards 8 --save model.pt", "mpirun -n 4 --hostfile hosts parallel --shards 8 --save model.pt"});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  if (options.ranks > options.shards) throw ValueError("--ranks: there are fewer shards than ranks (--shards)");
  if (options.ranks > 1 && !distributed::is_launched()) {
    return distributed::launch(argc, argv,
                               {.ranks = options.ranks, .backend = options.backend.empty() ? "gloo" : options.backend});
  }
  if (options.threads > 0) set_num_threads(options.threads);
  const bool has_others = distributed::is_launched();
  try {
    distributed::init_process_group({.backend = has_others && !options.backend.empty() ? options.backend : "auto",
                                     .timeout = std::chrono::seconds(options.timeout)});
    if (options.threads > 0) set_num_threads(options.threads);
    train(options);
    distributed::destroy_process_group();
  } catch (const distributed::DistributedError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return distributed::restart_exit_code;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
