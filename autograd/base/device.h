/// Device: where tensors live. There is one, the CPU; the class lets programs that name it compile.
/// https://pytorch.org/cppdocs/api/structc10_1_1_device.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "autograd/base/error.h"

namespace xgrad {

/// The kinds of device that programs name. Tensors exist on the CPU only.
enum class DeviceType : std::int8_t { CPU, CUDA };

inline constexpr DeviceType kCPU = DeviceType::CPU;    ///< the one that there is
inline constexpr DeviceType kCUDA = DeviceType::CUDA;  ///< for programs that name it

/// How elements lie in memory: by strides. Other layouts do not exist here.
enum class Layout : std::int8_t { Strided };

inline constexpr Layout kStrided = Layout::Strided;  ///< the one that there is

/// The CPU. Throws ValueError when asked for another device.
class Device {
 public:
  /// The CPU. Throws ValueError for another type.
  Device(DeviceType type = kCPU) {  // NOLINT(google-explicit-constructor): to(kCPU)
    if (type != kCPU) throw ValueError("Device: tensors live on the CPU; there is no other device");
  }
  /// "cpu".
  Device(std::string_view name) {  // NOLINT(google-explicit-constructor)
    if (name != "cpu") throw ValueError(std::string("Device: expected \"cpu\", got \"").append(name).append("\""));
  }
  Device(const char* name) : Device(std::string_view(name)) {}  // NOLINT(google-explicit-constructor)

  DeviceType type() const { return kCPU; }   ///< kCPU
  bool is_cpu() const { return true; }       ///< true
  bool is_cuda() const { return false; }     ///< false
  std::string str() const { return "cpu"; }  ///< "cpu"
  /// There is one device.
  friend bool operator==(Device /*a*/, Device /*b*/) { return true; }
};

}  // namespace xgrad
