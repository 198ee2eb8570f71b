// DLManagedTensorVersioned of DLPack 1.0, laid out here since only these few fields are needed.
#include "guarded.h"

#include <cstdlib>

namespace {

struct DLTensor {
  void *data;
  int32_t device_type, device_id;
  int32_t ndim;
  uint8_t code, bits;
  uint16_t lanes;
  int64_t *shape, *strides;
  uint64_t byte_offset;
};

struct Managed {
  uint32_t major, minor;
  void *manager_ctx;
  void (*deleter)(Managed *);
  uint64_t flags;
  DLTensor tensor;
};

constexpr uint64_t kIsCopied = 2;

}  // namespace

extern "C" esp_status esp_dlpack_copy(const esp_tensor_view *view, void **out, esp_fault *fault) {
  *out = nullptr;
  if (view->device_type != ESP_DEVICE_CPU) {
    espalier::tell(fault, "only views on the CPU can be retained");
    return ESP_E_UNIMPLEMENTED;
  }
  if (view->ndim < 0 || view->ndim > 16 || (view->ndim && (!view->shape || !view->strides)) || !view->data) {
    espalier::tell(fault, "the view has no data, shape or strides");
    return ESP_E_INVALID_ARGUMENT;
  }
  uint64_t count = 1;
  for (int k = view->ndim - 1; k >= 0; --k) {
    if (view->shape[k] > 1 && view->strides[k] != static_cast<int64_t>(count)) {
      espalier::tell(fault, "only dense views can be retained");
      return ESP_E_INVALID_ARGUMENT;
    }
    count *= static_cast<uint64_t>(view->shape[k]);
  }
  const uint64_t bytes = count * ((view->dtype_bits * (view->dtype_lanes ? view->dtype_lanes : 1) + 7u) / 8u);
  const size_t head = (sizeof(Managed) + 2 * sizeof(int64_t) * static_cast<size_t>(view->ndim) + 63) / 64 * 64;
  auto *memory = static_cast<char *>(std::aligned_alloc(64, (head + bytes + 63) / 64 * 64));
  if (!memory) {
    espalier::tell(fault, "out of memory");
    return ESP_E_OUT_OF_MEMORY;
  }
  auto *managed = reinterpret_cast<Managed *>(memory);
  auto *shape = reinterpret_cast<int64_t *>(memory + sizeof(Managed));
  for (int k = 0; k < view->ndim; ++k) {
    shape[k] = view->shape[k];
    shape[view->ndim + k] = view->strides[k];
  }
  std::memcpy(memory + head, static_cast<const char *>(view->data) + view->byte_offset, bytes);
  *managed = Managed{1, 0, nullptr, [](Managed *self) { std::free(self); }, kIsCopied,
                     DLTensor{memory + head, view->device_type, view->device_id, view->ndim, view->dtype_code, view->dtype_bits,
                              view->dtype_lanes, shape, shape + view->ndim, 0}};
  *out = managed;
  return ESP_OK;
}
