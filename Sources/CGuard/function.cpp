// Plain C functions, called by a signature that a manifest gives. No closures: libffi writes no executable memory here.
#include "guarded.h"

#include <ffi.h>

#include <mutex>
#include <new>

struct esp_function {
  void (*symbol)(void);
  ffi_cif cif;
  uint8_t returns;
  ffi_type *types[ESP_FFI_MAX_ARGUMENTS];
};

namespace {

ffi_type *type(uint8_t tag) {
  switch (tag) {
    case ESP_FFI_VOID: return &ffi_type_void;
    case ESP_FFI_I8: return &ffi_type_sint8;
    case ESP_FFI_U8: return &ffi_type_uint8;
    case ESP_FFI_I16: return &ffi_type_sint16;
    case ESP_FFI_U16: return &ffi_type_uint16;
    case ESP_FFI_I32: return &ffi_type_sint32;
    case ESP_FFI_U32: return &ffi_type_uint32;
    case ESP_FFI_I64: return &ffi_type_sint64;
    case ESP_FFI_U64: return &ffi_type_uint64;
    case ESP_FFI_F32: return &ffi_type_float;
    case ESP_FFI_F64: return &ffi_type_double;
    case ESP_FFI_POINTER: return &ffi_type_pointer;
    default: return nullptr;
  }
}

// Integer results narrower than a register come back widened, as libffi defines.
union Returned {
  ffi_arg u;
  ffi_sarg s;
  uint64_t u64;
  int64_t s64;
  float f32;
  double f64;
};

esp_result read(const Returned &value, uint8_t tag) {
  switch (tag) {
    case ESP_FFI_I8: return {static_cast<int8_t>(value.s), 0};
    case ESP_FFI_U8: return {static_cast<uint8_t>(value.u), 0};
    case ESP_FFI_I16: return {static_cast<int16_t>(value.s), 0};
    case ESP_FFI_U16: return {static_cast<uint16_t>(value.u), 0};
    case ESP_FFI_I32: return {static_cast<int32_t>(value.s), 0};
    case ESP_FFI_U32: return {static_cast<uint32_t>(value.u), 0};
    case ESP_FFI_I64: return {value.s64, 0};
    case ESP_FFI_U64: return {static_cast<int64_t>(value.u64), 0};
    case ESP_FFI_F32: return {0, value.f32};
    case ESP_FFI_F64: return {0, value.f64};
    default: return {0, 0};
  }
}

}  // namespace

extern "C" {

esp_function *esp_function_prepare(void *symbol, const uint8_t *types, uint32_t n, uint8_t returns, esp_fault *fault) {
  fault->text[0] = 0;
  if (n > ESP_FFI_MAX_ARGUMENTS || returns == ESP_FFI_POINTER || !type(returns)) {
    espalier::tell(fault, "the signature has too many arguments or a return type that is not a number");
    return nullptr;
  }
  auto *function = new (std::nothrow) esp_function;
  if (!function) {
    espalier::tell(fault, "out of memory");
    return nullptr;
  }
  function->symbol = reinterpret_cast<void (*)(void)>(symbol);
  function->returns = returns;
  for (uint32_t k = 0; k < n; ++k) {
    function->types[k] = types[k] == ESP_FFI_VOID ? nullptr : type(types[k]);
    if (!function->types[k]) {
      delete function;
      espalier::tell(fault, "an argument's type is not a number or a pointer");
      return nullptr;
    }
  }
  // Preparing may write into the shared descriptions of the types.
  static std::mutex lock;
  std::lock_guard<std::mutex> hold(lock);
  if (ffi_prep_cif(&function->cif, FFI_DEFAULT_ABI, n, type(returns), function->types) != FFI_OK) {
    delete function;
    espalier::tell(fault, "libffi does not know this signature");
    return nullptr;
  }
  return function;
}

esp_status esp_function_call(const esp_crumb *at, const esp_function *function, void *const *arguments, esp_result *result,
                             esp_fault *fault) {
  return espalier::guarded(at, fault, [&] {
    Returned value = {};
    // libffi takes the description and the arguments without const but changes neither.
    ffi_call(const_cast<ffi_cif *>(&function->cif), function->symbol, &value, const_cast<void **>(arguments));
    *result = read(value, function->returns);
    return ESP_OK;
  });
}

}  // extern "C"
