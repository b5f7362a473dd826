#include "autograd/base/device.h"

#include <ostream>

#include "autograd/base/error.h"

namespace xgrad {

std::string DeviceTypeName(DeviceType type, bool lower_case) {
  if (type == kCPU) return lower_case ? "cpu" : "CPU";
  return lower_case ? "cuda" : "CUDA";
}

std::ostream& operator<<(std::ostream& stream, DeviceType type) { return stream << DeviceTypeName(type, true); }

std::ostream& operator<<(std::ostream& stream, Layout /*layout*/) { return stream << "Strided"; }

Device::Device(std::string_view name) : index_(name == "cpu:0" ? 0 : -1) {
  if (name != "cpu" && name != "cpu:0") {
    throw ValueError(std::string("Device: expected \"cpu\", got \"").append(name).append("\""));
  }
}

void Device::require_cpu(DeviceType type, DeviceIndex index) {
  if (type != kCPU) throw ValueError("Device: tensors live on the CPU; there is no other device");
  if (index != -1 && index != 0) throw ValueError("Device: there is one CPU, number 0, not " + std::to_string(index));
}

std::ostream& operator<<(std::ostream& stream, const Device& device) { return stream << device.str(); }

}  // namespace xgrad
