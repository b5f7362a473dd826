// A training run of several ranks, one of which fails at a step: failing_run FOLDER RANKS BACKEND STEPS [MODE RANK STEP].

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "xgrad/distributed.h"
#include "xgrad/xgrad.h"

namespace {

using namespace xgrad;

void fail(const std::string& mode) {
  if (mode == "kill") std::raise(SIGKILL);
  if (mode == "segfault") std::raise(SIGSEGV);
  if (mode == "stop" || mode == "silent") std::raise(SIGSTOP);
  if (mode == "busy") {  // longer than operations may take
    const distributed::LongSection section(std::chrono::seconds(30));
    std::this_thread::sleep_for(std::chrono::seconds(6));
  }
  if (mode == "slow") std::this_thread::sleep_for(std::chrono::seconds(2));
  if (mode == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  if (mode == "exit") std::exit(0);  // NOLINT(concurrency-mt-unsafe)
  if (mode == "throw") throw std::runtime_error("the disk is full");
  if (mode == "differ") distributed::barrier();
}

void train(const std::string& folder, std::int64_t steps, const std::string& mode, int failing, std::int64_t when) {
  manual_seed(3);
  nn::LSTM lstm(nn::LSTMOptions(4, 16));
  nn::parallel::DistributedDataParallel ddp(lstm, {.shards = 6, .bucket_bytes = 2000});
  optim::Adam adam(lstm->parameters(), optim::AdamOptions(0.01));
  distributed::DistributedCheckpoint checkpoint(folder);
  checkpoint.add("model", lstm).add("optimizer", adam).add("parallel", ddp);
  checkpoint.resume();
  while (ddp.steps() < steps) {
    adam.zero_grad();
    const double loss = ddp.step([&](std::int64_t shard) {
      const Generator data(static_cast<std::uint64_t>(100 * ddp.steps() + shard));
      if (ddp.steps() == when && distributed::get_rank() == failing && shard == ddp.own_shards().end - 1) fail(mode);
      return std::get<0>(ddp(randn({5, 3, 4}, data))).square().mean();
    });
    adam.step();
    if (ddp.steps() % 4 == 0 || ddp.steps() == steps) checkpoint.save(ddp.steps(), loss);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argv[1];
  const int ranks = std::atoi(argv[2]);
  const std::string backend = argv[3];
  if (ranks > 1 && !distributed::is_launched()) {
    return distributed::launch(argc, argv, {.ranks = ranks, .backend = backend, .grace = std::chrono::seconds(8)});
  }
  try {
    // A rank that is silent is noticed by that, long before the time of an operation is over.
    const bool silent = argc > 5 && (std::string(argv[5]) == "silent" || std::string(argv[5]) == "slow");
    distributed::init_process_group(
        {.timeout = std::chrono::seconds(silent ? 60 : 4), .heartbeat = std::chrono::seconds(silent ? 3 : 30)});
    train(folder, std::atoi(argv[4]), argc > 5 ? argv[5] : "", argc > 5 ? std::atoi(argv[6]) : -1,
          argc > 5 ? std::atoi(argv[7]) : -1);
    distributed::destroy_process_group();
  } catch (const distributed::DistributedError& error) {
    std::cerr << "error: " << error.what() << std::endl;
    return distributed::restart_exit_code;
  } catch (const std::exception& error) {
    std::cerr << "error: rank " << distributed::get_rank() << ": " << error.what() << std::endl;
    return 1;
  }
  return 0;
}
