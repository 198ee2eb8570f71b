/* Types that every Espalier header shares. Plain C11: fixed-width integers, no enum by value, no bool, no bit-field. */
#ifndef ESPALIER_TYPES_H
#define ESPALIER_TYPES_H
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#  define ESP_NONNULL _Nonnull
#  define ESP_NULLABLE _Nullable
#else
#  define ESP_NONNULL
#  define ESP_NULLABLE
#endif
#define ESP_EXPORT __attribute__((visibility("default")))

/* True when struct *p, as its author sized it, reaches the end of field f. */
#define ESP_HAS(p, f) ((p)->struct_size >= offsetof(__typeof__(*(p)), f) + sizeof((p)->f))

#ifdef __cplusplus
extern "C" {
#endif

/* 0 is success; the other codes are ESP_E_*. The text goes to a buffer or to the call record, never to a global. */
typedef int32_t esp_status;
typedef uint32_t esp_flags;
#define ESP_OK 0
#define ESP_E_CANCELLED 1
#define ESP_E_INVALID_ARGUMENT 3
#define ESP_E_DEADLINE 4
#define ESP_E_NOT_FOUND 5
#define ESP_E_OUT_OF_MEMORY 8
#define ESP_E_UNIMPLEMENTED 12
#define ESP_E_INTERNAL 13
#define ESP_E_NUMERIC 17

/* UTF-8, not NUL-terminated; borrowed for the call unless a function says otherwise. */
typedef struct esp_str {
  const char *ESP_NULLABLE ptr;
  uint64_t len;
} esp_str;

/* Where a function puts the text of an error: at most `capacity` bytes, NUL-terminated, truncated at need. */
typedef struct esp_error_text {
  char *ESP_NULLABLE buffer;
  uint64_t capacity;
} esp_error_text;

/* DLPack's codes. */
#define ESP_DEVICE_CPU 1
#define ESP_DEVICE_CUDA 2
#define ESP_DTYPE_INT 0
#define ESP_DTYPE_UINT 1
#define ESP_DTYPE_FLOAT 2
#define ESP_DTYPE_BFLOAT 4
#define ESP_DTYPE_COMPLEX 5
#define ESP_DTYPE_BOOL 6

/* A tensor of the shared runtime. Opaque; counted by retain and release of esp.ops/1. */
typedef struct esp_tensor esp_tensor;

#define ESP_VIEW_READ_ONLY 1u
/* A borrowed view with the field meanings of DLPack's DLTensor; strides (in elements) are always present.
   Valid until the call returns, in stream order. Views stand in arrays, so they never grow. */
typedef struct esp_tensor_view {
  uint32_t struct_size;
  esp_flags flags;
  void *ESP_NULLABLE data;
  int32_t device_type, device_id;
  int32_t ndim;
  uint8_t dtype_code, dtype_bits;
  uint16_t dtype_lanes;
  const int64_t *ESP_NULLABLE shape;
  const int64_t *ESP_NULLABLE strides;
  uint64_t byte_offset;
  esp_tensor *ESP_NULLABLE handle; /* the runtime's tensor, for esp.ops/1; NULL where none is loaded */
} esp_tensor_view;

#ifdef __cplusplus
}
#endif
#endif
