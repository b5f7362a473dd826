#include "autograd/io/unpickler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/io/storage_type.h"
#include "autograd/io/untrusted.h"

namespace xgrad::detail {
namespace {

/// Protocol 2's instructions, as far as they are accepted; the names are those of Python's pickletools.
enum Opcode : unsigned char {
  mark = '(',
  stop = '.',
  binint = 'J',
  binint1 = 'K',
  binint2 = 'M',
  none = 'N',
  binpersid = 'Q',
  reduce = 'R',
  binunicode = 'X',
  append = 'a',
  build = 'b',
  global = 'c',
  appends = 'e',
  binget = 'h',
  long_binget = 'j',
  empty_list = ']',
  binput = 'q',
  long_binput = 'r',
  setitem = 's',
  tuple = 't',
  empty_tuple = ')',
  setitems = 'u',
  empty_dict = '}',
  binfloat = 'G',
  proto = 0x80,
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  newobj = 0x81,
  newtrue = 0x88,
  newfalse = 0x89,
  long1 = 0x8a,
};

/// The functions and classes that a pickle may name, besides storages.
enum class Name { ordered_dict, counter, rebuild_tensor, rebuild_parameter, size, archive };

constexpr std::array<std::pair<const char*, Name>, 5> names{{{"collections OrderedDict", Name::ordered_dict},
                                                             {"collections Counter", Name::counter},
                                                             {"torch._utils _rebuild_tensor_v2", Name::rebuild_tensor},
                                                             {"torch._utils _rebuild_parameter", Name::rebuild_parameter},
                                                             {"torch Size", Name::size}}};

constexpr std::size_t most_arguments = 16;
constexpr std::size_t longest_key = 1000;

using Ref = std::uint32_t;
struct Mark {};
struct Sequence {
  std::vector<Ref> elements;
  bool is_tuple = false;
};
struct Mapping {
  std::vector<std::pair<Ref, Ref>> items;
  bool ordered = false;
  bool is_archive = false;
};
/// A flat tensor over a whole storage.
struct Memory {
  Tensor tensor;
};
using Object = std::variant<std::monostate, bool, std::int64_t, double, std::string, Sequence, Mapping, Name, Dtype, Memory,
                            Tensor, Mark>;

class Unpickler {
 public:
  Unpickler(std::string_view pickle, const std::string& path, const StorageLoader& load_storage)
      : pickle_(pickle), path_(path), load_storage_(load_storage) {
    // Objects that occur several times are copied: this often, but no more.
    value_room_ = 4 * pickle.size() + 4096;
    text_room_ = 16 * pickle.size() + 65'536;
  }

  Value run() {
    while (!stopped_) {
      instruction_ = position_;
      step(read<unsigned char>());
    }
    return convert(pop(), 0);
  }

 private:
  void require(bool condition, const char* message) const {
    if (!condition) [[unlikely]]
      fail(message);
  }
  [[noreturn]] void fail(const std::string& message) const {
    throw FileError(fmt::format("{}: at byte {} of the pickle: {}", path_, instruction_, message));
  }

  // Bytes.

  std::string_view take(std::size_t bytes) {
    require(bytes <= pickle_.size() - position_, "the pickle ends too early");
    position_ += bytes;
    return pickle_.substr(position_ - bytes, bytes);
  }
  template <class T>
  T read() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string_view line() {
    const std::size_t end = pickle_.find('\n', position_);
    require(end != std::string_view::npos, "the pickle ends too early");
    const std::string_view text = take(end - position_);
    take(1);
    return text;
  }

  // The stack.

  void push(Object object) {
    require(objects_.size() < most_objects, "the pickle has more than 4,000,000 objects");
    stack_.push_back(static_cast<Ref>(objects_.size()));
    objects_.push_back(std::move(object));
  }
  Ref pop() {
    require(!stack_.empty(), "the stack is empty");
    const Ref top = stack_.back();
    stack_.pop_back();
    return top;
  }
  std::vector<Ref> pop_to_mark() {
    const auto found =
        std::find_if(stack_.rbegin(), stack_.rend(), [&](Ref ref) { return std::holds_alternative<Mark>(objects_[ref]); });
    require(found != stack_.rend(), "there is no mark on the stack");
    std::vector<Ref> result(found.base(), stack_.end());
    stack_.erase(found.base() - 1, stack_.end());
    return result;
  }
  template <class T>
  T& get(Ref ref, const char* expected) {
    T* object = std::get_if<T>(&objects_[ref]);
    if (object == nullptr) fail(fmt::format("expected {}", expected));
    return *object;
  }
  /// The object on top of the stack, which stays there.
  template <class T>
  T& top(const char* expected) {
    require(!stack_.empty(), "the stack is empty");
    return get<T>(stack_.back(), expected);
  }

  void step(unsigned char opcode) {
    switch (opcode) {
      case proto: require(read<unsigned char>() == 2, "expected protocol 2, which torch.save writes by default"); break;
      case stop: stopped_ = true; break;
      case mark: push(Mark{}); break;
      case none: push(std::monostate{}); break;
      case newtrue: push(true); break;
      case newfalse: push(false); break;
      case binint: push(std::int64_t{read<std::int32_t>()}); break;
      case binint1: push(std::int64_t{read<std::uint8_t>()}); break;
      case binint2: push(std::int64_t{read<std::uint16_t>()}); break;
      case long1: push(read_long()); break;
      case binfloat: push(std::bit_cast<double>(__builtin_bswap64(read<std::uint64_t>()))); break;
      case binunicode: push(std::string(take(read<std::uint32_t>()))); break;
      case empty_tuple: push(Sequence{.elements = {}, .is_tuple = true}); break;
      case empty_list: push(Sequence{}); break;
      case empty_dict: push(Mapping{}); break;
      case tuple: push(Sequence{.elements = pop_to_mark(), .is_tuple = true}); break;
      case tuple1: push_tuple(1); break;
      case tuple2: push_tuple(2); break;
      case tuple3: push_tuple(3); break;
      case append: add_elements({pop()}); break;
      case appends: add_elements(pop_to_mark()); break;
      case setitem: {
        const Ref value = pop();
        add_items({pop(), value});
        break;
      }
      case setitems: add_items(pop_to_mark()); break;
      case binput: remember(read<std::uint8_t>()); break;
      case long_binput: remember(read<std::uint32_t>()); break;
      case binget: recall(read<std::uint8_t>()); break;
      case long_binget: recall(read<std::uint32_t>()); break;
      case global: push_global(); break;
      case binpersid: push_storage(); break;
      case reduce: call(); break;
      case newobj: push_archive(); break;
      case build: take_attributes(); break;
      default:
        fail(
            fmt::format("instruction 0x{:02x} is not needed for tensors, and refused; save the state_dict() of a model, "
                        "not the model itself",
                        opcode));
    }
  }

  std::int64_t read_long() {
    const std::string_view bytes = take(read<std::uint8_t>());
    require(bytes.size() <= sizeof(std::int64_t), "an integer is wider than 64 bits");
    if (bytes.empty()) return 0;
    std::uint64_t value = (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
    return static_cast<std::int64_t>(value);
  }

  void push_tuple(std::size_t size) {
    std::vector<Ref> elements(size);
    for (std::size_t i = size; i-- > 0;) elements[i] = pop();
    push(Sequence{.elements = std::move(elements), .is_tuple = true});
  }

  void add_elements(const std::vector<Ref>& elements) {
    auto& list = top<Sequence>("a list to append to");
    require(!list.is_tuple, "expected a list to append to");
    list.elements.insert(list.elements.end(), elements.begin(), elements.end());
  }

  void add_items(const std::vector<Ref>& keys_and_values) {
    auto& dict = top<Mapping>("a dictionary to put items into");
    require(keys_and_values.size() % 2 == 0, "a key has no value");
    for (std::size_t i = 0; i < keys_and_values.size(); i += 2) {
      dict.items.emplace_back(keys_and_values[i], keys_and_values[i + 1]);
    }
  }

  void remember(std::uint32_t number) {
    require(!stack_.empty(), "the stack is empty");
    memo_[number] = stack_.back();
  }
  void recall(std::uint32_t number) {
    const auto found = memo_.find(number);
    require(found != memo_.end(), "nothing was remembered under this number");
    stack_.push_back(found->second);
  }

  /// A short tuple: of arguments, or of sizes. A long one that a pickle uses over and over would take forever to copy.
  std::vector<Ref> short_tuple(Ref ref, std::size_t most, const char* expected) {
    const std::vector<Ref>& elements = get<Sequence>(ref, expected).elements;
    require(elements.size() <= most, "a tensor has more than 64 dimensions, or a call more than 16 arguments");
    return elements;
  }

  void push_global() {
    const std::string_view module = line();
    const std::string name = fmt::format("{} {}", module, line());
    for (const auto& [known, meaning] : names) {
      if (name == known) return push(meaning);
    }
    for (const auto& [storage, dtype] : storage_types) {
      if (module == "torch" && name.substr(6) == storage) return push(dtype);
    }
    // The class of an archive of libtorch's C++ torch::save, with a number for each of several.
    if (name == "__torch__ Module" || (name.starts_with("__torch__.___torch_mangle_") && name.ends_with(" Module"))) {
      return push(Name::archive);
    }
    if (module.starts_with("__torch__")) {
      fail(
          fmt::format("{} is of a TorchScript model; save the state_dict() of the model in Python: "
                      "torch.save(torch.jit.load(path).state_dict(), path)",
                      quote_name(name)));
    }
    if (module == "torch" && name.ends_with("Storage")) {
      fail(fmt::format("{} is a storage of a dtype that is not supported", quote_name(name)));
    }
    fail(
        fmt::format("{} is refused: a file may name tensors, OrderedDict and Size, nothing else. Save the state_dict() of a "
                    "model, not the model itself",
                    quote_name(name)));
  }

  // ('storage', class, key, device, elements)
  void push_storage() {
    const std::vector<Ref> id = short_tuple(pop(), most_arguments, "the tuple that names a storage");
    constexpr std::size_t parts = 5;
    require(id.size() >= parts && get<std::string>(id[0], "the word 'storage'") == "storage",
            "expected the tuple that names a storage");
    const auto dtype = get<Dtype>(id[1], "the type of a storage");
    require(get<std::string>(id[2], "the key of a storage").size() <= longest_key, "the key of a storage is too long");
    const std::string key = std::get<std::string>(objects_[id[2]]);
    const auto elements = get<std::int64_t>(id[4], "the number of a storage's elements");
    require(elements >= 0, "a storage has a negative number of elements");
    const auto found = storages_.find(key);
    if (found == storages_.end()) {
      const Tensor memory = load_storage_(key, dtype, elements);
      storages_.emplace(key, std::pair(memory, dtype));
      return push(Memory{memory});
    }
    const auto& [memory, known_dtype] = found->second;
    require(dtype == known_dtype && elements == memory.numel(), "a storage is named twice, with different dtypes or sizes");
    push(Memory{memory});
  }

  void call() {
    const std::vector<Ref> arguments = short_tuple(pop(), most_arguments, "the arguments of a call");
    switch (get<Name>(pop(), "something that can be called")) {
      case Name::ordered_dict:
        require(arguments.empty(), "expected OrderedDict without arguments");
        return push(Mapping{.items = {}, .ordered = true});
      case Name::counter: {
        require(arguments.size() == 1, "expected the dictionary of a Counter");
        const auto& counts = get<Mapping>(arguments[0], "the dictionary of a Counter");
        spend(value_room_, counts.items.size());
        return push(Mapping(counts));
      }
      case Name::size:
        require(arguments.size() == 1, "expected one argument of Size");
        return push(Sequence{.elements = short_tuple(arguments[0], most_dimensions, "the sizes"), .is_tuple = true});
      case Name::rebuild_parameter:
        require(arguments.size() >= 1, "expected the tensor of a parameter");
        return push(get<Tensor>(arguments[0], "the tensor of a parameter"));
      case Name::rebuild_tensor: return push(rebuild_tensor(arguments));
      case Name::archive: fail("an archive is made, not called");
    }
  }

  // (storage, offset, sizes, strides, requires_grad, backward_hooks, metadata)
  Tensor rebuild_tensor(const std::vector<Ref>& arguments) {
    constexpr std::size_t needed = 4;
    require(arguments.size() >= needed, "expected storage, offset, sizes and strides of a tensor");
    const Tensor memory = get<Memory>(arguments[0], "the storage of a tensor").tensor;
    const auto offset = get<std::int64_t>(arguments[1], "the offset of a tensor");
    const std::vector<std::int64_t> sizes = integers(arguments[2], "the sizes of a tensor");
    const std::vector<std::int64_t> strides = integers(arguments[3], "the strides of a tensor");
    require(fits_storage(sizes, strides, offset, memory.numel()), "a tensor does not fit its storage");
    if (constexpr std::size_t metadata = 6; arguments.size() > metadata) {
      // PyTorch's bits for numbers that are read negated or conjugated.
      const auto* marks = std::get_if<Mapping>(&objects_[arguments[metadata]]);
      require(marks == nullptr || marks->items.empty(), "a tensor has marks, such as 'neg': resolve them before saving");
    }
    return Tensor(intrusive_ptr<TensorImpl>(
        new TensorImpl(memory.impl()->storage, to_dims(sizes), to_dims(strides), offset, memory.dtype())));
  }

  std::vector<std::int64_t> integers(Ref ref, const char* what) {
    std::vector<std::int64_t> result;
    for (const Ref element : short_tuple(ref, most_dimensions, what)) result.push_back(get<std::int64_t>(element, what));
    return result;
  }

  void push_archive() {
    require(short_tuple(pop(), most_arguments, "the arguments of an archive").empty(),
            "expected an archive without arguments");
    require(get<Name>(pop(), "the class of an archive") == Name::archive, "expected the class of an archive");
    push(Mapping{.items = {}, .ordered = true, .is_archive = true});
  }

  /// The attributes of an archive are what it holds. A module's state_dict carries the versions of its modules as one.
  void take_attributes() {
    auto& attributes = get<Mapping>(pop(), "a dictionary of attributes");
    auto& target = top<Mapping>("an OrderedDict");
    require(target.ordered, "expected an OrderedDict");
    // Moved: attributes that a pickle uses over and over would take forever to copy.
    if (target.is_archive) target.items = std::exchange(attributes.items, {});
  }

  // The result.

  void spend(std::size_t& room, std::size_t count) const {
    require(count <= room, "the pickle uses its objects too often");
    room -= count;
  }

  Value convert(Ref ref, std::size_t depth) {
    require(depth < deepest_nesting, "lists and dictionaries are nested more than 100 deep");
    spend(value_room_, 1);
    const Object& object = objects_[ref];
    if (std::holds_alternative<std::monostate>(object)) return {};
    if (const auto* value = std::get_if<bool>(&object)) return *value;
    if (const auto* value = std::get_if<std::int64_t>(&object)) return *value;
    if (const auto* value = std::get_if<double>(&object)) return *value;
    if (const auto* value = std::get_if<Tensor>(&object)) return *value;
    if (const auto* value = std::get_if<std::string>(&object)) {
      spend(text_room_, value->size());
      return *value;
    }
    if (const auto* value = std::get_if<Sequence>(&object)) {
      Value::List elements;
      for (const Ref element : value->elements) elements.push_back(convert(element, depth + 1));
      return value->is_tuple ? Value::tuple(std::move(elements)) : Value(std::move(elements));
    }
    if (const auto* value = std::get_if<Mapping>(&object)) {
      Value::Dict dict;
      for (const auto& [key, item] : value->items) dict[convert_key(key)] = convert(item, depth + 1);
      return dict;
    }
    fail("the result holds a function or a storage, where values are expected");
  }

  Value::Key convert_key(Ref ref) {
    if (const auto* number = std::get_if<std::int64_t>(&objects_[ref])) return *number;
    const auto& text = get<std::string>(ref, "a text or an integer as the key of a dictionary");
    spend(text_room_, text.size());
    return text;
  }

  std::string_view pickle_;
  const std::string& path_;
  const StorageLoader& load_storage_;
  std::size_t position_ = 0;
  std::size_t instruction_ = 0;
  std::size_t value_room_;
  std::size_t text_room_;
  bool stopped_ = false;
  std::vector<Object> objects_;
  std::vector<Ref> stack_;
  std::unordered_map<std::uint32_t, Ref> memo_;
  std::unordered_map<std::string, std::pair<Tensor, Dtype>> storages_;  ///< with the dtype in the file
};

}  // namespace

Value unpickle(std::string_view pickle, const std::string& path, const StorageLoader& load_storage) {
  return Unpickler(pickle, path, load_storage).run();
}

bool fits_storage(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides, std::int64_t offset,
                  std::int64_t elements) {
  if (sizes.size() != strides.size() || offset < 0 || offset > elements) return false;
  std::int64_t count = 1;
  std::int64_t last = offset;
  bool overflow = false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0 || strides[i] < 0) return false;
    // Sizes beside a 0 count as well: strides are computed from them.
    std::int64_t reach = 0;
    overflow |= __builtin_mul_overflow(count, std::max<std::int64_t>(sizes[i], 1), &count);
    overflow |= __builtin_mul_overflow(std::max<std::int64_t>(sizes[i], 1) - 1, strides[i], &reach);
    overflow |= __builtin_add_overflow(last, reach, &last);
  }
  constexpr std::int64_t widest_element = 8;
  overflow |= __builtin_mul_overflow(count, widest_element, &count);
  if (overflow) return false;
  return std::find(sizes.begin(), sizes.end(), 0) != sizes.end() || last < elements;
}

}  // namespace xgrad::detail
