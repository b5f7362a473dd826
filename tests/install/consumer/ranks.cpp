// Starts as many ranks as the argument says, which add up their numbers.

#include <xgrad/distributed.h>
#include <xgrad/xgrad.h>

#include <cstdlib>

int main(int argc, char** argv) {
  using namespace xgrad;
  const int ranks = std::atoi(argv[1]);
  if (ranks > 1 && !distributed::is_launched()) return distributed::launch(argc, argv, {.ranks = ranks});
  distributed::init_process_group();
  const Tensor sum = tensor({distributed::get_rank() + 1.0});
  distributed::all_reduce(sum);
  const bool right = sum.item<double>() == ranks * (ranks + 1) / 2;
  distributed::destroy_process_group();
  return right ? 0 : 1;
}
