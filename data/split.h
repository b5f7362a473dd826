/// Splits of data into parts, and what is worth knowing about the parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "autograd/ops/random.h"

namespace xgrad::data {

/// Two parts of numbered examples, each in rising order.
struct HoldoutSplit {
  std::vector<std::size_t> train;  ///< numbers of examples
  std::vector<std::size_t> test;   ///< the part that was held out
};

/// Holds out a random part of 0 ... size - 1: round(fraction * size) of them, one at least where there are two or more. The
/// same seed of `generator` holds out the same. Throws ValueError unless 0 < fraction < 1.
HoldoutSplit holdout_split(std::size_t size, double fraction, const Generator& generator = default_generator());

/// Holds out a random part in which each class has its share: of each, round(fraction * its size), one at least where it has
/// two or more, and never all. Throws as above.
/// https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.StratifiedShuffleSplit.html
HoldoutSplit stratified_split(const std::vector<std::int64_t>& labels, double fraction,
                              const Generator& generator = default_generator());
/// As above, of classes by name.
HoldoutSplit stratified_split(const std::vector<std::string>& labels, double fraction,
                              const Generator& generator = default_generator());

/// The examples with these numbers. Throws IndexError where one is out of range.
template <class Example>
std::vector<Example> select(const std::vector<Example>& examples, const std::vector<std::size_t>& numbers) {
  std::vector<Example> chosen;
  chosen.reserve(numbers.size());
  for (const std::size_t number : numbers) {
    if (number >= examples.size()) throw IndexError("select: there is no example " + std::to_string(number));
    chosen.push_back(examples[number]);
  }
  return chosen;
}

/// Texts that come more than once.
struct DuplicateCounts {
  std::uint64_t within_train = 0;   ///< training texts that came before
  std::uint64_t within_test = 0;    ///< test texts that came before in the test
  std::uint64_t test_in_train = 0;  ///< test texts that are in the training data as well

  /// In one line: "duplicates: 403 within train, 23 within test; 61 test texts are in train".
  std::string describe() const;
};

/// Counts texts that are equal, byte by byte.
DuplicateCounts count_duplicates(const std::vector<std::string>& train, const std::vector<std::string>& test);

/// How often each class occurs: `counts[label]`.
struct ClassCounts {
  std::vector<std::int64_t> counts;  ///< by class
  std::int64_t total = 0;            ///< of all classes
  std::int64_t majority = 0;         ///< the most frequent class, the first of equals; 0 where there is no example

  /// The share of the most frequent class: what always answering with it would reach. 0 where there is no example.
  double majority_share() const;
  /// In one line: "ham 4827 (86.6 %), spam 747 (13.4 %)". Throws ValueError unless there is a name for each class.
  std::string describe(const std::vector<std::string>& names) const;
};

/// Counts classes. Throws IndexError for a label below 0 or above classes - 1.
ClassCounts count_classes(const std::vector<std::int64_t>& labels, std::int64_t classes);

/// Lengths of sequences: their least, mean, median, 95th percentile and greatest (the value at the rank rounded up).
struct LengthSummary {
  std::uint64_t count = 0;         ///< sequences
  std::int64_t min = 0;            ///< the least length
  double mean = 0;                 ///< of all
  std::int64_t median = 0;         ///< half of them are no longer
  std::int64_t percentile_95 = 0;  ///< 95 % of them are no longer
  std::int64_t max = 0;            ///< the greatest length

  /// In one line: "2 to 171, mean 15.6, median 12, 95 % up to 38".
  std::string describe() const;
};

/// Summarises lengths; all is 0 where there are none.
LengthSummary summarize_lengths(std::vector<std::int64_t> lengths);

}  // namespace xgrad::data
