/// What was taken for what, on the screen and as a picture.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "plot.h"

namespace support {

/// More classes than this are not shown one by one.
constexpr std::size_t few_classes = 20;

/// The matrix where it fits on the screen; the most frequent confusions where it does not.
void print_confusion(const xgrad::metrics::ConfusionMatrix& confusion, const std::vector<std::string>& names);

/// The share of each class that was taken for each. Of many classes, those with the most examples.
Heatmap confusion_map(const xgrad::metrics::ConfusionMatrix& confusion, const std::vector<std::string>& names);

}  // namespace support
