// The table and its one export.
#include "TorchRuntime.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/headeronly/version.h>

#include "guard.h"

namespace espalier {
namespace {

const char *torch_library(void) {
  Dl_info found;
  if (dladdr(reinterpret_cast<void *>(&at::set_num_threads), &found) == 0) return nullptr;
  return found.dli_fname;
}

/// torch packs major, minor and patch into the upper three bytes.
uint32_t loaded_version(void) { return static_cast<uint32_t>(aoti_torch_abi_version() >> 40); }

esp_status load_cuda(const char *path, esp_error_text error) {
  return guarded(error, [&] {
    // float32 is float32 on a GPU too: cuDNN's default of ten bits (TF32) would make cuts and steps of 8 bits look worse than
    // they are. Who wants speed asks for bfloat16.
    at::globalContext().setAllowTF32CuDNN(false);
    if (c10::impl::hasDeviceGuardImpl(c10::kCUDA)) return;
    // Without a driver libtorch_cuda loads for half a second and then finds nothing.
    if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) == nullptr)
      throw Failure{ESP_E_NOT_FOUND, std::string("no NVIDIA driver: ") + dlerror()};
    if (dlopen(path, RTLD_NOW | RTLD_GLOBAL) == nullptr)
      throw Failure{ESP_E_NOT_FOUND, std::string("libtorch_cuda does not load: ") + dlerror()};
    if (!c10::impl::hasDeviceGuardImpl(c10::kCUDA))
      throw Failure{ESP_E_INTERNAL, std::string(path) + " registered no CUDA backend"};
  });
}

int32_t cuda_count(void) {
  try {
    if (!c10::impl::hasDeviceGuardImpl(c10::kCUDA)) return 0;
    return c10::impl::getDeviceGuardImpl(c10::kCUDA)->deviceCount();
  } catch (...) {
    return 0;
  }
}

struct Tables {
  esp_ops_v1 ops{};
  esp_runtime_table runtime{};

  Tables() {
    // The heap keeps what a step of training frees for the next one: giving the pages back to the kernel and taking
    // them anew costs a tenth of the step.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    ops.struct_size = sizeof ops;
    fill_tensors(ops);
    fill_operators(ops);
    fill_autograd(ops);
    fill_devices(ops);
    runtime.struct_size = sizeof runtime;
    runtime.revision = ESP_RUNTIME_REVISION;
    runtime.ops = &ops;
    runtime.torch_version = TORCH_VERSION;
    runtime.loaded_version = loaded_version;
    runtime.torch_library = torch_library;
    runtime.load_cuda = load_cuda;
    runtime.cuda_count = cuda_count;
    fill_streams(runtime);
  }
};

}  // namespace
}  // namespace espalier

extern "C" ESP_EXPORT const esp_runtime_table *esp_runtime_v1(void) {
  static const espalier::Tables tables;
  return &tables.runtime;
}
