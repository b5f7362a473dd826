#include "data/data_loader.h"

#include "autograd/tensor/check.h"

namespace xgrad::data::detail {

BatchSampler make_batch_sampler(const LoaderPlan& plan, std::size_t dataset_size) {
  check<ValueError>(plan.batch_size >= 1, "DataLoader: batch_size must be at least 1, got {}", plan.batch_size);
  check<ValueError>(plan.num_workers >= 0, "DataLoader: num_workers must not be negative, got {}", plan.num_workers);
  check<ValueError>(plan.prefetch_factor >= 1, "DataLoader: prefetch_factor must be at least 1, got {}",
                    plan.prefetch_factor);
  check<ValueError>(!plan.shuffle || plan.sampler == nullptr,
                    "DataLoader: a sampler gives the order already; it excludes shuffle");
  std::shared_ptr<const Sampler> sampler = plan.sampler;
  if (plan.shuffle) {
    sampler = std::make_shared<RandomSampler>(dataset_size, plan.seed);
  } else if (sampler == nullptr) {
    sampler = std::make_shared<SequentialSampler>(dataset_size);
  }
  return {std::move(sampler), plan.batch_size, plan.drop_last};
}

void check_batch(std::span<const std::size_t> indices, std::size_t dataset_size) {
  for (const std::size_t index : indices) {
    check<IndexError>(index < dataset_size, "DataLoader: the sampler's index {} is out of range for {} examples", index,
                      dataset_size);
  }
}

}  // namespace xgrad::data::detail
