#include "data/collate.h"

#include "autograd/base/check.h"

namespace xgrad::data {

TensorList DefaultCollate<TensorList>::collate(const std::vector<TensorList>& examples) {
  TensorList batch;
  if (examples.empty()) return batch;
  const std::size_t fields = examples[0].size();
  for (const TensorList& example : examples) {
    check<ShapeError>(example.size() == fields, "default_collate: examples of {} and {} tensors do not fit together", fields,
                      example.size());
  }
  batch.reserve(fields);
  for (std::size_t field = 0; field < fields; ++field) {
    TensorList column;
    column.reserve(examples.size());
    for (const TensorList& example : examples) column.push_back(example[field]);
    batch.push_back(stack(column));
  }
  return batch;
}

}  // namespace xgrad::data
