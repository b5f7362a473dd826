#include "distributed/engine.h"

#include <dlfcn.h>

#include <filesystem>

#include "autograd/base/check.h"
#include "distributed/error.h"

namespace xgrad::distributed {

ConnectFunction find_engine(const std::string& name) {
  Dl_info own{};
  ::dladdr(reinterpret_cast<const void*>(&find_engine), &own);
  const std::string file = fmt::format("libxgrad_distributed_{}.so.{}", name, XGRAD_VERSION_MAJOR);
  const std::filesystem::path beside =
      (own.dli_fname == nullptr ? std::filesystem::path() : std::filesystem::path(own.dli_fname).parent_path()) / file;
  // All symbols in sight: Open MPI opens plugins of its own, which look for those of the library.
  void* library = ::dlopen(beside.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr && std::filesystem::exists(beside)) throw DistributedError(::dlerror());
  if (library == nullptr) library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) return nullptr;
  return reinterpret_cast<ConnectFunction>(::dlsym(library, "xgrad_distributed_connect"));
}

}  // namespace xgrad::distributed
