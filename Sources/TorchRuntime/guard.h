// The one way out of the runtime: every body that can throw runs in `guarded`.
#pragma once
#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "espalier_runtime.h"

namespace espalier {

/// A failure of our own, with its status. A std::exception, since torch's engine catches nothing else.
struct Failure final : std::exception {
  esp_status status;
  std::string text;
  Failure(esp_status status, std::string text) : status(status), text(std::move(text)) {}
  const char *what() const noexcept override { return text.c_str(); }
};

inline void write_text(esp_error_text error, const char *text, size_t length) noexcept {
  if (error.buffer == nullptr || error.capacity == 0) return;
  size_t n = std::min<size_t>(length, error.capacity - 1);
  // A cut never leaves half a UTF-8 sequence behind.
  if (n < length)
    while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  std::memcpy(error.buffer, text, n);
  error.buffer[n] = 0;
}

inline esp_status fail(esp_error_text error, esp_status status, const char *text) noexcept {
  write_text(error, text, std::strlen(text));
  return status;
}

/// Runs `body`; whatever it throws becomes a status and a text.
template <class Body>
esp_status guarded(esp_error_text error, Body &&body) noexcept {
  try {
    body();
    return ESP_OK;
  } catch (const Failure &e) {
    return fail(error, e.status, e.text.c_str());
  } catch (const c10::OutOfMemoryError &e) {
    return fail(error, ESP_E_OUT_OF_MEMORY, e.what_without_backtrace());
  } catch (const c10::NotImplementedError &e) {
    return fail(error, ESP_E_UNIMPLEMENTED, e.what_without_backtrace());
  } catch (const c10::IndexError &e) {
    return fail(error, ESP_E_INVALID_ARGUMENT, e.what_without_backtrace());
  } catch (const c10::ValueError &e) {
    return fail(error, ESP_E_INVALID_ARGUMENT, e.what_without_backtrace());
  } catch (const c10::TypeError &e) {
    return fail(error, ESP_E_INVALID_ARGUMENT, e.what_without_backtrace());
  } catch (const c10::Error &e) {
    return fail(error, ESP_E_INTERNAL, e.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    return fail(error, ESP_E_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &e) {
    return fail(error, ESP_E_INTERNAL, e.what());
  } catch (...) {
    return fail(error, ESP_E_INTERNAL, "an exception of unknown type");
  }
}

// A handle is the TensorImpl itself: handing one out costs no allocation.

/// Hands a reference to the caller.
inline esp_tensor *give(at::Tensor tensor) {
  if (!tensor.defined()) return nullptr;
  return reinterpret_cast<esp_tensor *>(tensor.unsafeReleaseTensorImpl());
}

inline c10::TensorImpl *impl(const esp_tensor *tensor) {
  return reinterpret_cast<c10::TensorImpl *>(const_cast<esp_tensor *>(tensor));
}

/// A reference of our own to a borrowed handle; undefined for null.
inline at::Tensor take(const esp_tensor *tensor) {
  if (tensor == nullptr) return at::Tensor();
  return at::Tensor(
      c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl(tensor)));
}

c10::Device device(int32_t type, int32_t index);
int32_t device_code(c10::DeviceType type);
c10::ScalarType scalar_type(int64_t code);

/// Runs a caller's deleter exactly once, when the last copy goes.
struct Cleanup {
  esp_deleter deleter;
  void *context;
  Cleanup(esp_deleter deleter, void *context) : deleter(deleter), context(context) {}
  Cleanup(const Cleanup &) = delete;
  ~Cleanup() {
    if (deleter != nullptr) deleter(context);
  }
};

void fill_tensors(esp_ops_v1 &ops);
void fill_operators(esp_ops_v1 &ops);
void fill_autograd(esp_ops_v1 &ops);
void fill_devices(esp_ops_v1 &ops);
void fill_streams(esp_runtime_table &runtime);

}  // namespace espalier
