// One leg of tests/live/pytorch_files.py in C++: `train IN OUT` goes on with the run in a file for 10 steps, and writes it
// with its losses; `copy IN OUT` reads a file of any format, and writes it in the format of OUT.
#include <iostream>

#include "tests/support/travelling_run.h"

int main(int count, char** arguments) {
  try {
    const std::string mode = count == 4 ? arguments[1] : "";
    if (mode == "train") {
      xgrad::test::TravellingRun run(xgrad::load_value(arguments[2]));
      const std::vector<double> losses = run.train(10);
      xgrad::save_value(run.state(losses), arguments[3]);
    } else if (mode == "copy_value") {
      xgrad::save_value(xgrad::load_value(arguments[2]), arguments[3]);
    } else if (mode == "copy") {
      xgrad::save_tensors(xgrad::load_tensors(arguments[2]), arguments[3]);
    } else {
      std::cerr << "usage: live_run train|copy|copy_value IN OUT\n";
      return 2;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
