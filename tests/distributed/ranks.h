/// What tests of several ranks share.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "distributed/collectives.h"
#include "distributed/init.h"

namespace xgrad::test {

/// Runs `body` on ranks that are threads, and gives what it returned, in the order of ranks.
template <class Result>
std::vector<Result> on_ranks(int ranks, const std::function<Result()>& body,
                             std::chrono::milliseconds timeout = std::chrono::seconds(60)) {
  std::vector<Result> results(static_cast<std::size_t>(ranks));
  distributed::run_threads(
      ranks, [&] { results[static_cast<std::size_t>(distributed::get_rank())] = body(); }, timeout);
  return results;
}

/// What went wrong on each rank; empty where nothing did.
inline std::vector<std::string> failures_on_ranks(int ranks, const std::function<void()>& body,
                                                  std::chrono::milliseconds timeout = std::chrono::seconds(60)) {
  std::vector<std::string> failures(static_cast<std::size_t>(ranks));
  try {
    distributed::run_threads(
        ranks,
        [&] {
          try {
            body();
          } catch (const std::exception& error) {
            failures[static_cast<std::size_t>(distributed::get_rank())] = error.what();
            throw;
          }
        },
        timeout);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): all of them are in the list
  }
  return failures;
}

}  // namespace xgrad::test
