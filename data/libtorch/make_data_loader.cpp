#include "data/libtorch/make_data_loader.h"

#include <string>

#include "autograd/base/check.h"

namespace xgrad {

namespace {

std::string message_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace

WorkerException::WorkerException(std::exception_ptr original)
    : Error(fmt::format("Caught exception in DataLoader worker thread. Original message: {}", message_of(original))),
      original_exception(std::move(original)) {}

namespace data {

FullDataLoaderOptions::FullDataLoaderOptions(const DataLoaderOptions& options)
    : batch_size(options.batch_size()),
      workers(options.workers()),
      max_jobs(options.max_jobs().value_or(2 * workers)),
      timeout(options.timeout()),
      enforce_ordering(options.enforce_ordering()),
      drop_last(options.drop_last()) {
  check<ValueError>(batch_size >= 1, "make_data_loader: the batch size must be at least 1");
  constexpr std::size_t most = std::size_t{1} << 20;
  check<ValueError>(workers <= most && max_jobs <= 2 * most, "make_data_loader: {} workers and {} jobs are too many",
                    workers, max_jobs);
}

}  // namespace data

}  // namespace xgrad
