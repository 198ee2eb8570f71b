// Tensors as counted handles: making, describing, exchanging through DLPack.
#include <ATen/DLConvertor.h>

#include <memory>

#include "guard.h"

namespace espalier {

int32_t device_code(c10::DeviceType type) {
  switch (type) {
    case c10::DeviceType::CPU: return ESP_DEVICE_CPU;
    case c10::DeviceType::CUDA: return ESP_DEVICE_CUDA;
    default: return -1;
  }
}

c10::Device device(int32_t type, int32_t index) {
  switch (type) {
    case ESP_DEVICE_CPU: return c10::Device(c10::kCPU);
    case ESP_DEVICE_CUDA:
      return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(std::max(index, 0)));
    case -1: return c10::Device(c10::kMeta);
    default:
      throw Failure{
          ESP_E_INVALID_ARGUMENT,
          "device type " + std::to_string(type) + " is neither CPU (1) nor CUDA (2)"};
  }
}

c10::ScalarType scalar_type(int64_t code) {
  if (code < 0 || code >= static_cast<int64_t>(c10::ScalarType::Undefined))
    throw Failure{
        ESP_E_INVALID_ARGUMENT, "element type " + std::to_string(code) + " is not one of torch's"};
  return static_cast<c10::ScalarType>(code);
}

namespace {

esp_tensor *retain(esp_tensor *tensor) {
  if (tensor != nullptr) c10::raw::intrusive_ptr::incref(impl(tensor));
  return tensor;
}

void release(esp_tensor *tensor) {
  if (tensor == nullptr) return;
  c10::raw::intrusive_ptr::decref(impl(tensor));
}

esp_status create(
    const void *data, int32_t dtype, const int64_t *shape, uint64_t ndim, esp_tensor **out,
    esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    at::Tensor tensor = at::empty(at::IntArrayRef(shape, ndim), scalar_type(dtype));
    if (data != nullptr && tensor.nbytes() > 0)
      std::memcpy(tensor.mutable_data_ptr(), data, tensor.nbytes());
    *out = give(std::move(tensor));
  });
}

esp_status borrow(
    void *data, int32_t dtype, const int64_t *shape, const int64_t *strides, uint64_t ndim,
    int32_t device_type, int32_t device_id, esp_deleter deleter, void *context, esp_tensor **out,
    esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    auto cleanup = std::make_shared<Cleanup>(deleter, context);
    c10::Device where = device(device_type, device_id);
    auto options = at::TensorOptions().dtype(scalar_type(dtype)).device(where);
    at::TensorMaker maker = at::for_blob(data, at::IntArrayRef(shape, ndim));
    maker.deleter([cleanup](void *) {}).options(options).target_device(where);
    if (strides != nullptr) maker.strides(at::IntArrayRef(strides, ndim));
    *out = give(maker.make_tensor());
  });
}

void info(const esp_tensor *tensor, esp_tensor_info *out) {
  c10::TensorImpl *t = impl(tensor);
  esp_tensor_info all{};
  all.struct_size = out->struct_size;
  bool strided = t->layout() == c10::kStrided && !t->is_sparse();
  all.flags = (t->requires_grad() ? ESP_TENSOR_REQUIRES_GRAD : 0u);
  if (strided && t->is_contiguous()) all.flags |= ESP_TENSOR_CONTIGUOUS;
  if (strided && t->is_strides_like_channels_last()) all.flags |= ESP_TENSOR_CHANNELS_LAST;
  all.dtype = static_cast<int32_t>(c10::typeMetaToScalarType(t->dtype()));
  all.layout = static_cast<int32_t>(t->layout());
  all.device_type = device_code(t->device().type());
  all.device_id = std::max<int32_t>(t->device().index(), 0);
  all.ndim = t->dim();
  all.count = t->numel();
  all.shape = t->sizes().data();
  all.strides = strided ? t->strides().data() : nullptr;
  std::memcpy(out, &all, std::min<size_t>(out->struct_size, sizeof all));
}

esp_status data(const esp_tensor *tensor, void **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] { *out = take(tensor).mutable_data_ptr(); });
}

esp_status to_dlpack(const esp_tensor *tensor, esp_flags flags, void **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    if (flags & ESP_DLPACK_VERSIONED)
      *out = at::toDLPackVersioned(take(tensor));
    else
      *out = at::toDLPack(take(tensor));
  });
}

/// torch leaves the struct to its giver when it refuses it; here it is always taken over.
template <class Managed>
at::Tensor import(Managed *managed, at::Tensor (*convert)(Managed *)) {
  try {
    return convert(managed);
  } catch (...) {
    if (managed->deleter != nullptr) managed->deleter(managed);
    throw;
  }
}

esp_status from_dlpack(void *managed, esp_flags flags, esp_tensor **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    if (flags & ESP_DLPACK_VERSIONED) {
      auto versioned = static_cast<DLManagedTensorVersioned *>(managed);
      if (versioned->version.major != DLPACK_MAJOR_VERSION) {
        std::string found = std::to_string(versioned->version.major);
        // Of a foreign major version only the deleter's place is known.
        if (versioned->deleter != nullptr) versioned->deleter(versioned);
        throw Failure{
            ESP_E_INVALID_ARGUMENT, "DLPack major version " + found + ", this runtime reads " +
                                        std::to_string(DLPACK_MAJOR_VERSION)};
      }
      *out = give(import<DLManagedTensorVersioned>(
          versioned, [](DLManagedTensorVersioned *m) { return at::fromDLPackVersioned(m); }));
    } else {
      *out = give(import<DLManagedTensor>(
          static_cast<DLManagedTensor *>(managed),
          [](DLManagedTensor *m) { return at::fromDLPack(m); }));
    }
  });
}

}  // namespace

void fill_tensors(esp_ops_v1 &ops) {
  ops.retain = retain;
  ops.release = release;
  ops.create = create;
  ops.borrow = borrow;
  ops.info = info;
  ops.data = data;
  ops.to_dlpack = to_dlpack;
  ops.from_dlpack = from_dlpack;
}

}  // namespace espalier
