// Modules in archives: the tree, overrides of save() and load(), and what does not fit.
#include <gmock/gmock.h>
#include <xgrad/xgrad.h>

#include <sstream>

#include "tests/autograd/io/files.h"

namespace xgrad {
namespace {

using serialize::InputArchive;
using serialize::OutputArchive;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

/// Keeps a number beside its parameters, which may not be negative.
struct CountingImpl : nn::Module {
  CountingImpl() : linear(register_module("linear", nn::Linear(2, 2))) {}
  void save(OutputArchive& archive) const override {
    nn::Module::save(archive);
    archive.write("count", count);
  }
  void load(InputArchive& archive) override {
    nn::Module::load(archive);
    Value value;
    archive.read("count", value);
    if (value.to_int() < 0) throw ValueError("a negative count");
    count = value.to_int();
  }
  nn::Linear linear;
  std::int64_t count = 0;
};
XGRAD_MODULE(Counting);

/// Has one of them among other modules.
struct OuterImpl : nn::Module {
  OuterImpl()
      : first(register_module("first", nn::Linear(3, 2))),
        activation(register_module("activation", nn::ReLU())),
        counting(register_module("counting", Counting())) {
    scale = register_parameter("scale", rand({1}));
    offset = register_buffer("offset", rand({1}));
  }
  nn::Linear first;
  nn::ReLU activation;
  Counting counting;
  Tensor scale;
  Tensor offset;
};
XGRAD_MODULE(Outer);

class ModuleArchiveTest : public TemporaryFolder {
 protected:
  static bool same(const nn::Module& a, const nn::Module& b) {
    const auto other = nn::state_dict(b);
    for (const auto& [name, tensor] : nn::state_dict(a)) {
      if (!equal(tensor, other.at(name))) return false;
    }
    return true;
  }
};

TEST_F(ModuleArchiveTest, a_tree_with_an_override_comes_back_from_paths_streams_and_operators) {
  const Outer saved;
  saved->counting->count = 5;
  save(saved, path("outer.pt"));
  std::stringstream stream;
  save(saved.ptr(), stream);
  EXPECT_EQ(load_value(path("outer.pt")).at("counting.count"), Value(5));

  const Outer by_path;
  load(by_path, path("outer.pt"));
  const auto by_stream = std::make_shared<OuterImpl>();
  load(by_stream, stream);
  OutputArchive output;
  output << saved;
  InputArchive input(output.entries());
  Outer by_operator;
  input >> by_operator;
  OuterImpl by_device;
  load(&by_device, path("outer.pt"), kCPU);
  for (OuterImpl* loaded : {by_path.get(), by_stream.get(), by_operator.get(), &by_device}) {
    EXPECT_TRUE(same(*saved, *loaded));
    EXPECT_EQ(loaded->counting->count, 5);
  }
}

TEST_F(ModuleArchiveTest, the_file_is_a_state_dict_in_the_order_of_registration) {
  const nn::Sequential net(nn::Linear(2, 3), nn::BatchNorm1d(3));
  save(net, path("net.pt"));
  std::vector<std::string> keys;
  const Value file = load_value(path("net.pt"));
  for (const auto& [key, value] : file.dict()) keys.push_back(key.string());
  EXPECT_EQ(keys, (std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
                                            "1.num_batches_tracked"}));
}

TEST_F(ModuleArchiveTest, nested_dictionaries_are_read_as_dotted_names_are) {
  const nn::Sequential net(nn::Linear(2, 2));
  InputArchive archive(Value::Dict{{"0", Value::Dict{{"weight", ones({2, 2}, kFloat64)}, {"bias", zeros({2})}}}});
  net->load(archive);
  EXPECT_TRUE(equal(nn::state_dict(*net).at("0.weight"), ones({2, 2})));
}

TEST_F(ModuleArchiveTest, what_does_not_fit_is_listed_and_nothing_changes) {
  const Outer saved;
  saved->counting->count = -1;  // fails last, after everything else was read
  save(saved, path("outer.pt"));
  const Outer loaded;
  std::map<std::string, Tensor> values;
  for (const auto& [name, tensor] : nn::state_dict(*loaded)) values[name] = tensor.clone();
  const auto unchanged = [&] {
    for (const auto& [name, tensor] : nn::state_dict(*loaded)) {
      if (!equal(tensor, values.at(name))) return false;
    }
    return true;
  };
  EXPECT_THROW(load(loaded, path("outer.pt")), ValueError);
  EXPECT_TRUE(unchanged());

  Value::Dict entries = load_value(path("outer.pt")).dict();
  entries["counting.linear.weight"] = ones({3});
  entries["counting.linear.bias"] = 3;
  InputArchive archive{Value(entries)};
  EXPECT_THAT([&] { loaded->load(archive); },
              ThrowsMessage<ValueError>(AllOf(HasSubstr("missing: counting.linear.bias"),
                                              HasSubstr("counting.linear.weight is [3], expected [2, 2]"))));
  EXPECT_TRUE(unchanged());
  InputArchive nothing;
  EXPECT_THAT([&] { loaded->load(nothing); },
              ThrowsMessage<ValueError>(AllOf(HasSubstr("missing: scale"), HasSubstr("missing: offset"))));
  EXPECT_TRUE(unchanged());
  EXPECT_THROW(save(std::shared_ptr<OuterImpl>(), path("empty.pt")), ValueError);
  EXPECT_THROW(save(Outer(nullptr), path("empty.pt")), ValueError);
}

TEST_F(ModuleArchiveTest, an_override_that_changes_shapes_and_then_fails_is_undone) {
  struct ReshapingImpl : nn::Module {
    ReshapingImpl() { weight = register_parameter("weight", ones({2})); }
    void load(InputArchive& archive) override {
      archive.read("weight", weight);
      throw ValueError("too late");
    }
    Tensor weight;
  };
  nn::Module outer("outer");
  const auto inner = outer.register_module("inner", std::make_shared<ReshapingImpl>());
  const Tensor memory = inner->weight.detach();
  InputArchive archive(Value::Dict{{"inner.weight", zeros({5})}});
  EXPECT_THROW(outer.load(archive), ValueError);
  EXPECT_TRUE(equal(inner->weight.detach(), ones({2})));
  EXPECT_EQ(inner->weight.data_ptr(), memory.data_ptr());
}

TEST_F(ModuleArchiveTest, one_message_has_all_that_does_not_fit_and_nothing_changes) {
  const Outer saved;
  save(saved, path("outer.pt"));
  Value::Dict entries = load_value(path("outer.pt")).dict();
  entries["first.weight"] = ones({7});
  entries["counting.linear.weight"] = 3;
  entries["counting.linear.other"] = ones({1});
  entries["other"] = ones({1});
  entries["scale"] = full({1}, 5.0);
  const Outer loaded;
  std::map<std::string, Tensor> values;
  std::map<std::string, void*> memory;
  for (const auto& [name, tensor] : nn::state_dict(*loaded)) {
    values[name] = tensor.clone();
    memory[name] = tensor.data_ptr();
  }
  InputArchive archive{Value(entries)};
  EXPECT_THAT(
      [&] { nn::load_archive(*loaded, archive); },
      ThrowsMessage<ValueError>(AllOf(HasSubstr("another shape: first.weight is [7], expected [2, 3]"),
                                      HasSubstr("missing: counting.linear.weight"),
                                      HasSubstr("unexpected: counting.linear.other"), HasSubstr("unexpected: other"))));
  for (const auto& [name, tensor] : nn::state_dict(*loaded)) {
    EXPECT_TRUE(tensor.equal(values.at(name))) << name;
    EXPECT_EQ(tensor.data_ptr(), memory.at(name)) << name;
  }
}

TEST_F(ModuleArchiveTest, an_override_sees_the_new_values_and_may_change_them) {
  struct CachingImpl : nn::Module {
    CachingImpl() { weight = register_parameter("weight", ones({2})); }
    void load(InputArchive& archive) override {
      nn::Module::load(archive);
      total = weight.sum().item<double>();
      const NoGradGuard no_grad;
      weight.clamp_(0, 2);
    }
    Tensor weight;
    double total = 0;
  };
  nn::Module outer("outer");
  const auto inner = outer.register_module("inner", std::make_shared<CachingImpl>());
  const void* memory = inner->weight.data_ptr();
  InputArchive archive(Value::Dict{{"inner.weight", tensor({1.0F, 4.0F})}});
  outer.load(archive);
  EXPECT_EQ(inner->total, 5);
  EXPECT_TRUE(inner->weight.detach().equal(tensor({1.0F, 2.0F})));
  EXPECT_EQ(inner->weight.data_ptr(), memory);  // whoever holds the memory sees the values
}

TEST_F(ModuleArchiveTest, values_that_are_no_tensors_need_pytorchs_format) {
  const Counting module;
  EXPECT_THROW(save(module, path("counting.safetensors")), ValueError);
  EXPECT_THROW(save(module, path("counting.npz")), ValueError);
  EXPECT_TRUE(names().empty());
}

TEST_F(ModuleArchiveTest, modules_that_are_not_serializable_are_left_out) {
  struct ScratchImpl : nn::Module {
    ScratchImpl() { register_buffer("scratch", ones({1})); }
    bool is_serializable() const override { return false; }
  };
  nn::Module outer("outer");
  outer.register_module("scratch", std::make_shared<ScratchImpl>());
  outer.register_parameter("w", ones({1}));
  save(&outer, path("outer.pt"));
  EXPECT_EQ(load_value(path("outer.pt")).size(), 1U);
  EXPECT_NO_THROW(load(&outer, path("outer.pt")));
}

TEST_F(ModuleArchiveTest, a_checkpoint_keeps_what_modules_keep) {
  Outer module;
  module->counting->count = 3;
  Checkpoint checkpoint(path("run"));
  checkpoint.add("model", module);
  checkpoint.save(1);
  module->counting->count = 9;
  checkpoint.resume();
  EXPECT_EQ(module->counting->count, 3);
}

}  // namespace
}  // namespace xgrad
