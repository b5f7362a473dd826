// A training run that is killed by kill_test.cpp: training_run FOLDER EPOCHS. Resumes where there is a checkpoint, saves
// after every step, and prints the bits of the result.
#include <iostream>

#include "tests/xgrad/training.h"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  xgrad::set_num_threads(1);
  xgrad::TrainingRun run(arguments[1]);
  run.resume();
  run.train(std::stoull(arguments[2]), std::numeric_limits<std::int64_t>::max(), 1);
  std::cout << run.bits() << '\n';
}
