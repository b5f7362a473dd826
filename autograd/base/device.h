/// Device: where tensors live. There is one, the CPU; the class lets programs that name it compile.
/// https://pytorch.org/cppdocs/api/structc10_1_1_device.html
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace xgrad {

/// The kinds of device that programs name. Tensors exist on the CPU only.
enum class DeviceType : std::int8_t { CPU, CUDA };

inline constexpr DeviceType kCPU = DeviceType::CPU;    ///< the one that there is
inline constexpr DeviceType kCUDA = DeviceType::CUDA;  ///< for programs that name it

/// The number of a device among those of its type.
using DeviceIndex = std::int8_t;

/// "cpu" or "cuda"; in capital letters unless `lower_case`.
std::string DeviceTypeName(DeviceType type, bool lower_case = false);
/// "cpu" or "cuda".
std::ostream& operator<<(std::ostream& stream, DeviceType type);

/// How elements lie in memory: by strides. Other layouts do not exist here.
enum class Layout : std::int8_t { Strided };

inline constexpr Layout kStrided = Layout::Strided;  ///< the one that there is

/// "Strided".
std::ostream& operator<<(std::ostream& stream, Layout layout);

/// The CPU. Throws ValueError when asked for another device.
class Device {
 public:
  /// The CPU, which may be given the number 0. Throws ValueError for another type or number.
  Device(DeviceType type = kCPU, DeviceIndex index = -1) : index_(index) {  // NOLINT(google-explicit-constructor): to(kCPU)
    require_cpu(type, index);
  }
  /// "cpu" or "cpu:0".
  Device(std::string_view name);                                       // NOLINT(google-explicit-constructor)
  Device(const char* name) : Device(std::string_view(name)) {}         // NOLINT(google-explicit-constructor)
  Device(const std::string& name) : Device(std::string_view(name)) {}  // NOLINT(google-explicit-constructor)

  DeviceType type() const { return kCPU; }
  DeviceIndex index() const { return index_; }  ///< -1 where none was given
  bool has_index() const { return index_ != -1; }
  bool is_cpu() const { return true; }
  bool is_cuda() const { return false; }
  /// Gives it a number. Throws ValueError for another one than 0 and -1.
  void set_index(DeviceIndex index) {
    require_cpu(kCPU, index);
    index_ = index;
  }
  /// "cpu", or "cpu:0" where it has a number.
  std::string str() const { return has_index() ? "cpu:0" : "cpu"; }
  /// Of one type and number, as they were given.
  friend bool operator==(Device a, Device b) { return a.index_ == b.index_; }

 private:
  static void require_cpu(DeviceType type, DeviceIndex index);

  DeviceIndex index_ = -1;
};

/// "cpu".
std::ostream& operator<<(std::ostream& stream, const Device& device);

}  // namespace xgrad
