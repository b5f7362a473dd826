#include "autograd/io/pickler.h"

#include <utf8proc.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/storage_type.h"
#include "autograd/io/unpickler.h"
#include "autograd/io/untrusted.h"

namespace xgrad::detail {
namespace {

/// Tensors of one dtype over one memory.
struct Group {
  Tensor first;            ///< one of them
  std::int64_t begin = 0;  ///< the elements that they use, counted from the begin of their storage
  std::int64_t end = 0;
  bool shared = false;     ///< whether there are several
  std::size_t number = 0;  ///< among the storages of the pickle
  Tensor compact;          ///< the only tensor without the gaps between its elements, where there are gaps
};

using GroupKey = std::pair<const Storage*, Dtype>;

GroupKey key_of(const Tensor& tensor) { return {tensor.impl()->storage.get(), tensor.dtype()}; }

class Pickler {
 public:
  Pickle run(const Value& value) {
    collect(value, 0);
    for (auto& [key, group] : groups_) finish(group);
    // Storages are numbered in the order in which the value has them, not in that of their addresses.
    text_ = "\x80\x02";
    write(value);
    text_ += '.';
    return {std::move(text_), std::move(storages_)};
  }

 private:
  /// Reading counts the keys and the parts of tensors as well.
  void count(std::size_t objects) {
    objects_ += objects;
    check<ValueError>(objects_ < most_objects, "save: the value has more objects than could be read: {}", most_objects);
  }

  void collect(const Value& value, std::size_t depth) {
    check<ValueError>(depth < deepest_nesting, "save: lists and dictionaries are nested more than {} deep", deepest_nesting);
    constexpr std::size_t objects_of_tensor = 20;
    count(value.is_tensor() ? objects_of_tensor : 1);
    if (value.is_list()) {
      for (const Value& element : value.list()) collect(element, depth + 1);
    } else if (value.is_dict()) {
      for (const auto& [key, item] : value.dict()) {
        count(1);
        collect(item, depth + 1);
      }
    } else if (value.is_tensor()) {
      const Tensor& tensor = value.to_tensor();
      check<ValueError>(tensor.defined(), "save: a tensor is undefined");
      const auto [begin, end] = extent(tensor);
      const auto [found, is_new] = groups_.try_emplace(key_of(tensor));
      Group& group = found->second;
      if (is_new) {
        group.first = tensor;
        group.begin = begin;
        group.end = end;
        return;
      }
      if (begin == end) return;
      group.shared = true;
      const bool had_none = group.begin == group.end;
      group.begin = had_none ? begin : std::min(group.begin, begin);
      group.end = had_none ? end : std::max(group.end, end);
    }
  }

  /// First and past the last element in the storage.
  static std::pair<std::int64_t, std::int64_t> extent(const Tensor& tensor) {
    if (tensor.numel() == 0) return {0, 0};
    std::int64_t last = tensor.storage_offset();
    for (std::int64_t dim = 0; dim < tensor.dim(); ++dim) last += (tensor.size(dim) - 1) * tensor.stride(dim);
    return {tensor.storage_offset(), last + 1};
  }

  static void finish(Group& group) {
    if (!group.shared && group.end - group.begin > group.first.numel()) group.compact = group.first.detach().contiguous();
    group.number = std::numeric_limits<std::size_t>::max();
  }

  std::size_t number_of(Group& group) {
    if (group.number == std::numeric_limits<std::size_t>::max()) {
      group.number = storages_.size();
      if (group.compact.defined()) {
        storages_.push_back(group.compact.flatten());
      } else {
        const TensorImpl& impl = *group.first.impl();
        storages_.emplace_back(intrusive_ptr<TensorImpl>(
            new TensorImpl(impl.storage, DimVector{group.end - group.begin}, DimVector{1}, group.begin, impl.dtype)));
      }
    }
    return group.number;
  }

  template <class T>
  void raw(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::none: text_ += 'N'; break;
      case Value::Kind::boolean: text_ += value.to_bool() ? '\x88' : '\x89'; break;
      case Value::Kind::integer: write_integer(value.to_int()); break;
      case Value::Kind::real:
        text_ += 'G';
        raw(__builtin_bswap64(std::bit_cast<std::uint64_t>(value.to_double())));
        break;
      case Value::Kind::string: write_text(value.to_string()); break;
      case Value::Kind::tensor: write_tensor(value.to_tensor()); break;
      case Value::Kind::list:
        text_ += "](";
        for (const Value& element : value.list()) write(element);
        text_ += 'e';
        break;
      case Value::Kind::tuple:
        text_ += '(';
        for (const Value& element : value.list()) write(element);
        text_ += 't';
        break;
      case Value::Kind::dict:
        text_ += "}(";
        for (const auto& [key, item] : value.dict()) {
          if (key.is_string()) {
            write_text(key.string());
          } else {
            write_integer(key.number());
          }
          write(item);
        }
        text_ += 'u';
        break;
    }
  }

  void write_integer(std::int64_t number) {
    if (number >= 0 && number <= std::numeric_limits<std::uint8_t>::max()) {
      text_ += 'K';
      raw(static_cast<std::uint8_t>(number));
    } else if (number == static_cast<std::int32_t>(number)) {
      text_ += 'J';
      raw(static_cast<std::int32_t>(number));
    } else {
      text_ += "\x8a\x08";
      raw(number);
    }
  }

  void write_text(const std::string& text) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto length = static_cast<utf8proc_ssize_t>(text.size());
    while (length > 0) {
      utf8proc_int32_t code = 0;
      const utf8proc_ssize_t used = utf8proc_iterate(bytes, length, &code);
      check<ValueError>(used > 0, "save: names and texts must be UTF-8, got {}", quote_name(text));
      bytes += used;
      length -= used;
    }
    check<ValueError>(text.size() <= std::numeric_limits<std::uint32_t>::max(), "save: a text of {} bytes is too long",
                      text.size());
    text_ += 'X';
    raw(static_cast<std::uint32_t>(text.size()));
    text_ += text;
  }

  void write_integers(IntArrayRef numbers) {
    text_ += '(';
    for (const std::int64_t number : numbers) write_integer(number);
    text_ += 't';
  }

  void write_tensor(const Tensor& tensor) {
    Group& group = groups_.at(key_of(tensor));
    const std::size_t number = number_of(group);
    const char* storage = std::find_if(storage_types.begin(), storage_types.end(), [&](const auto& known) {
                            return known.second == tensor.dtype();
                          })->first;
    text_ += "ctorch._utils\n_rebuild_tensor_v2\n((";
    write_text("storage");
    text_ += fmt::format("ctorch\n{}\n", storage);
    write_text(std::to_string(number));
    write_text("cpu");
    write_integer(storages_[number].numel());
    text_ += "tQ";
    const bool compact = group.compact.defined();
    write_integer(compact || tensor.numel() == 0 ? 0 : tensor.storage_offset() - group.begin);
    write_integers(tensor.sizes());
    write_integers(compact ? group.compact.strides() : tensor.strides());
    text_ += "\x89";
    text_ += "ccollections\nOrderedDict\n)RtR";
  }

  std::string text_;
  std::size_t objects_ = 0;
  std::map<GroupKey, Group> groups_;
  std::vector<Tensor> storages_;
};

}  // namespace

Pickle pickle(const Value& value) { return Pickler().run(value); }

}  // namespace xgrad::detail
