// A walk through bad calls of all public functions and of the methods of Tensor. The table is made from the headers by
// calls.sh.
#include "tests/bad_calls/hostile.h"

namespace xgrad {
namespace {

using test::Hostile;
using namespace nn;  // the types of parameters are named as in their headers
using namespace nn::functional;
using namespace nn::init;
using namespace nn::utils::rnn;
using namespace metrics;

const test::BadCall calls[] = {
#include "calls.inc"
};

TEST(BadCalls, of_functions_and_methods_throw_errors_and_change_nothing) { test::walk(calls); }

}  // namespace
}  // namespace xgrad
