/// DistributedCheckpoint: the state of a run on any number of ranks, in the file that one process writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "autograd/io/value.h"
#include "distributed/process_group.h"
#include "nn/module.h"
#include "xgrad/checkpoint.h"

namespace xgrad::distributed {

/// A Checkpoint of all ranks: rank 0 writes, and the file holds no trace of how many ranks there were. A run goes on from it
/// with any number of ranks, and without `distributed`; PyTorch reads it. Where rank 0's folder is on a disk of its own, the
/// others get what it read.
///
///   distributed::DistributedCheckpoint checkpoint("runs/1");
///   checkpoint.add("model", model).add("optimizer", optimizer).add("parallel", ddp).add("loader", loader);
///   checkpoint.resume();
///
/// Parts mean what they do in Checkpoint. All ranks make the same calls in the same order: states may be gathered from all.
class DistributedCheckpoint {
 public:
  /// Rank 0 makes the folder. Throws as Checkpoint, on all ranks.
  explicit DistributedCheckpoint(std::string folder, const CheckpointOptions& options = {}, ProcessGroup* group = nullptr);

  /// Adds a part: a module, by its holder too, or anything with `state_dict()` and `load_state_dict(const Value&)`.
  template <class Part>
  DistributedCheckpoint& add(const std::string& name, Part& part) {
    parts_.emplace_back(part_of(name, part));
    return *this;
  }
  /// A part of any kind, from functions that give and take its state.
  DistributedCheckpoint& add(const std::string& name, Checkpoint::SaveFunction save, Checkpoint::LoadFunction load);

  /// Writes a checkpoint. Throws on all ranks what Checkpoint::save throws on rank 0: FileError and ValueError.
  void save(std::int64_t step, std::optional<double> metric = std::nullopt, const io::Value& extra = {});
  /// Goes back to the newest checkpoint of rank 0's folder, if there is one. Throws as Checkpoint::resume, on all ranks.
  std::optional<CheckpointProgress> resume();
  /// Goes back to the best checkpoint instead.
  std::optional<CheckpointProgress> load_best();
  /// The file of the newest checkpoint; empty where there is none, and on other ranks than 0.
  std::string latest() const;

 private:
  struct Part {
    std::string name;
    Checkpoint::SaveFunction save;
    Checkpoint::LoadFunction load;
  };

  template <class T>
  static Part part_of(const std::string& name, T& part) {
    if constexpr (requires { part.state_dict(); }) {
      return {name, [&part] { return io::Value(part.state_dict()); },
              [&part](const io::Value& state) { part.load_state_dict(state); }};
    } else if constexpr (std::is_base_of_v<nn::Module, T>) {
      return module_part(name, part);
    } else {
      return module_part(name, *part);
    }
  }
  static Part module_part(const std::string& name, nn::Module& module);
  void add_parts();
  template <class Function>
  void on_main(const Function& function);
  std::optional<CheckpointProgress> load(bool best);
  void restore(const io::Value& states) const;

  std::shared_ptr<ProcessGroup> group_;
  std::vector<Part> parts_;
  io::Value::Dict states_;               ///< of the parts, on their way from or to the file
  std::unique_ptr<Checkpoint> written_;  ///< on rank 0
  std::size_t added_ = 0;                ///< how many parts that one has
};

}  // namespace xgrad::distributed
