/// Samplers and stateful datasets in archives and files, as libtorch has them.
#pragma once

#include "autograd/io/archive.h"
#include "data/libtorch/datasets.h"
#include "data/libtorch/samplers.h"

namespace xgrad {

namespace data::detail {

template <class BatchRequest>
std::true_type keeps_state(const samplers::Sampler<BatchRequest>&);
template <class Self, class Batch, class BatchRequest>
std::true_type keeps_state(const datasets::StatefulDataset<Self, Batch, BatchRequest>&);

/// A sampler, or a dataset with a state.
template <class T>
concept KeepsState = requires(const T& object) {
  keeps_state(object);
};

}  // namespace data::detail

namespace data::samplers {
/// Sampler::save.
template <class BatchRequest>
serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Sampler<BatchRequest>& sampler) {
  sampler.save(archive);
  return archive;
}
/// Sampler::load.
template <class BatchRequest>
serialize::InputArchive& operator>>(serialize::InputArchive& archive, Sampler<BatchRequest>& sampler) {
  sampler.load(archive);
  return archive;
}
}  // namespace data::samplers

namespace data::datasets {
/// StatefulDataset::save.
template <class Self, class Batch, class BatchRequest>
serialize::OutputArchive& operator<<(serialize::OutputArchive& archive,
                                     const StatefulDataset<Self, Batch, BatchRequest>& dataset) {
  dataset.save(archive);
  return archive;
}
/// StatefulDataset::load.
template <class Self, class Batch, class BatchRequest>
serialize::InputArchive& operator>>(serialize::InputArchive& archive, StatefulDataset<Self, Batch, BatchRequest>& dataset) {
  dataset.load(archive);
  return archive;
}
}  // namespace data::datasets

/// Writes the state of a sampler or a dataset to a file or a stream, as save() of a tensor.
template <data::detail::KeepsState T, class Target>
void save(const T& object, Target&& target) {
  serialize::OutputArchive archive;
  object.save(archive);
  archive.save_to(target);
}
/// Reads what `save` wrote, from a file or a stream.
template <data::detail::KeepsState T, class Source>
void load(T& object, Source&& source) {
  serialize::InputArchive archive;
  archive.load_from(source);
  object.load(archive);
}

}  // namespace xgrad
