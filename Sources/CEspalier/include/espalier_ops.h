/* esp.ops/1: tensors and operators of the shared runtime, as a table of C functions.

   Frozen: fields are only ever appended; a caller checks ESP_HAS(table, field) before it uses one that was added after
   the first release. The table is immutable and lives as long as the process.

   Threads: every function may be called from any thread, but grad mode, inference mode and autocast belong to the
   thread that set them. Functions are synchronous on the CPU; on a GPU they enqueue on the current stream.

   Errors: a function that can fail takes an esp_error_text as its last argument and returns an esp_status. No exception
   leaves the runtime. The text is one to a few lines of UTF-8 (torch's own words), truncated to the buffer.

   Ownership: an esp_tensor is a counted reference. A tensor that a function hands out (`out`, results) belongs to the
   caller, who gives it back with `release`, once. A tensor passed in is borrowed for the call. `retain` makes a second
   reference out of one; both calls are atomic. A null esp_tensor stands for "no tensor" and may be released. */
#ifndef ESPALIER_OPS_H
#define ESPALIER_OPS_H
#include "espalier_types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_OPS_ID "esp.ops/1"

/* Element types. The numbers are torch's own (c10::ScalarType), which never change. */
#define ESP_SCALAR_UINT8 0
#define ESP_SCALAR_INT8 1
#define ESP_SCALAR_INT16 2
#define ESP_SCALAR_INT32 3
#define ESP_SCALAR_INT64 4
#define ESP_SCALAR_FLOAT16 5
#define ESP_SCALAR_FLOAT32 6
#define ESP_SCALAR_FLOAT64 7
#define ESP_SCALAR_COMPLEX64 9
#define ESP_SCALAR_COMPLEX128 10
#define ESP_SCALAR_BOOL 11
#define ESP_SCALAR_QINT8 12
#define ESP_SCALAR_QUINT8 13
#define ESP_SCALAR_QINT32 14
#define ESP_SCALAR_BFLOAT16 15
#define ESP_SCALAR_UINT16 27
#define ESP_SCALAR_UINT32 28
#define ESP_SCALAR_UINT64 29

/* Layouts and memory formats, torch's numbers. */
#define ESP_LAYOUT_STRIDED 0
#define ESP_LAYOUT_SPARSE 1
#define ESP_LAYOUT_MKLDNN 3
#define ESP_FORMAT_CONTIGUOUS 0
#define ESP_FORMAT_PRESERVE 1
#define ESP_FORMAT_CHANNELS_LAST 2
#define ESP_FORMAT_CHANNELS_LAST_3D 3

/* An operator of torch's dispatcher. Found once, valid for ever. */
typedef struct esp_operator esp_operator;
/* An event on a device's stream. */
typedef struct esp_event esp_event;
/* A mode of the calling thread, ended on the same thread, innermost first. */
typedef struct esp_scope esp_scope;

/* What an esp_operand holds. Conversions follow the operator's schema: an int is taken where a float, a Scalar, a
   ScalarType, a layout, a memory format or a list of one repeated int is asked for; a number where a tensor is (as a
   0-dimensional tensor that does not promote the other's type); ints where SymInts or floats are. */
#define ESP_VALUE_NONE 0u
#define ESP_VALUE_TENSOR 1u           /* tensor */
#define ESP_VALUE_INT 2u              /* integer; a ScalarType, layout or memory format too */
#define ESP_VALUE_DOUBLE 3u           /* number */
#define ESP_VALUE_BOOL 4u             /* integer, 0 or 1 */
#define ESP_VALUE_STRING 5u           /* string, count bytes, not NUL-terminated */
#define ESP_VALUE_INTS 6u             /* ints, count */
#define ESP_VALUE_DOUBLES 7u          /* doubles, count */
#define ESP_VALUE_BOOLS 8u            /* bools, count, one byte each */
#define ESP_VALUE_TENSORS 9u          /* tensors, count, none of them null */
#define ESP_VALUE_OPTIONAL_TENSORS 10u /* tensors, count, null for absent */
#define ESP_VALUE_DTYPE 11u           /* integer, ESP_SCALAR_* */
#define ESP_VALUE_DEVICE 12u          /* integer: ESP_DEVICE_*; count: its index */
#define ESP_VALUE_LAYOUT 13u          /* integer, ESP_LAYOUT_* */
#define ESP_VALUE_MEMORY_FORMAT 14u   /* integer, ESP_FORMAT_* */
#define ESP_VALUE_DEFAULT 15u         /* the schema's default for this argument */

typedef struct esp_operand {
  uint32_t tag;
  uint32_t reserved; /* 0 */
  union {
    int64_t integer;
    double number;
    esp_tensor *ESP_NULLABLE tensor;
    const char *ESP_NULLABLE string;
    const int64_t *ESP_NULLABLE ints;
    const double *ESP_NULLABLE doubles;
    const uint8_t *ESP_NULLABLE bools;
    esp_tensor *ESP_NULLABLE const *ESP_NULLABLE tensors;
  };
  uint64_t count;
} esp_operand;

/* What is known of a tensor without touching its data. Pointers live as long as the tensor and its shape. */
#define ESP_TENSOR_REQUIRES_GRAD 1u
#define ESP_TENSOR_CONTIGUOUS 2u
#define ESP_TENSOR_CHANNELS_LAST 4u
typedef struct esp_tensor_info {
  uint32_t struct_size; /* set by the caller; the runtime fills what fits */
  esp_flags flags;
  int32_t dtype;  /* ESP_SCALAR_* */
  int32_t layout; /* ESP_LAYOUT_* */
  int32_t device_type, device_id; /* DLPack's code; -1 where it has none (meta) */
  int64_t ndim, count;
  const int64_t *ESP_NULLABLE shape;
  const int64_t *ESP_NULLABLE strides; /* null unless strided */
} esp_tensor_info;

typedef struct esp_memory_stats {
  uint32_t struct_size; /* set by the caller */
  uint32_t reserved;
  uint64_t allocated, allocated_peak; /* bytes in live tensors; on the CPU: of the heap, no peak (0) */
  uint64_t held, held_peak;           /* bytes taken from the device; on the CPU: resident memory */
  uint64_t available, total;          /* bytes of the device, of the machine */
} esp_memory_stats;

/* Called once when torch drops the memory, from any thread. */
typedef void (*esp_deleter)(void *ESP_NULLABLE context);

/* The backward pass of a custom function. `grad_outputs` are borrowed, null where no gradient arrived. The callback
   fills `grad_inputs` with tensors that it owns one reference of (the runtime takes it over), null for none. May arrive
   on a thread of torch's. A status other than 0 makes the backward pass fail with the text. */
typedef esp_status (*esp_backward)(
    void *ESP_NULLABLE context, esp_tensor *ESP_NULLABLE const *ESP_NONNULL grad_outputs, uint64_t output_count,
    esp_tensor *ESP_NULLABLE *ESP_NONNULL grad_inputs, uint64_t input_count, esp_error_text error);

#define ESP_GRAD_RETAIN_GRAPH 1u
#define ESP_GRAD_CREATE_GRAPH 2u
#define ESP_GRAD_ALLOW_UNUSED 4u

#define ESP_SCOPE_NO_GRAD 1u
#define ESP_SCOPE_ENABLE_GRAD 2u
#define ESP_SCOPE_INFERENCE 3u
#define ESP_SCOPE_AUTOCAST 4u     /* on `device`, to `dtype` */
#define ESP_SCOPE_NO_AUTOCAST 5u  /* on `device` */

#define ESP_DLPACK_VERSIONED 1u /* DLManagedTensorVersioned of DLPack 1; else the older DLManagedTensor */

#define ESP_EVENT_TIMING 1u

typedef struct esp_ops_v1 {
  uint32_t struct_size;
  uint32_t reserved;

  /* --- Tensors --- */
  esp_tensor *ESP_NULLABLE (*ESP_NONNULL retain)(esp_tensor *ESP_NULLABLE tensor);
  void (*ESP_NONNULL release)(esp_tensor *ESP_NULLABLE tensor);
  /* A CPU tensor with a copy of contiguous `data`; with null `data`, not initialised. */
  esp_status (*ESP_NONNULL create)(
      const void *ESP_NULLABLE data, int32_t dtype, const int64_t *ESP_NULLABLE shape, uint64_t ndim,
      esp_tensor *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  /* A tensor over memory of the caller's on `device_type` (DLPack's code); null `strides` means contiguous. `deleter` runs once:
     when torch drops the last use, or at once if this call fails. */
  esp_status (*ESP_NONNULL borrow)(
      void *ESP_NULLABLE data, int32_t dtype, const int64_t *ESP_NULLABLE shape, const int64_t *ESP_NULLABLE strides,
      uint64_t ndim, int32_t device_type, int32_t device_id, esp_deleter ESP_NULLABLE deleter,
      void *ESP_NULLABLE context, esp_tensor *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  void (*ESP_NONNULL info)(const esp_tensor *ESP_NONNULL tensor, esp_tensor_info *ESP_NONNULL out);
  /* The first element (the storage offset is applied). Fails for tensors without memory of their own. */
  esp_status (*ESP_NONNULL data)(
      const esp_tensor *ESP_NONNULL tensor, void *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);

  /* --- Operators --- */
  /* `name` with its namespace ("mkldnn::_linear_pointwise"), or of aten without one ("conv2d"); `overload` empty for the plain
     one. Found operators are kept: asking again costs about 0.1 us. */
  esp_status (*ESP_NONNULL find_operator)(
      esp_str name, esp_str overload, const esp_operator *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  /* The schema as torch writes it; returns its length, and copies at most `capacity` bytes. */
  uint64_t (*ESP_NONNULL operator_schema)(
      const esp_operator *ESP_NONNULL op, char *ESP_NULLABLE buffer, uint64_t capacity);
  /* Arguments by position; missing trailing ones take the schema's defaults. Writes `*result_count` results; more than
     `result_capacity` is an error (nothing is handed out). Result lists and strings belong to the caller until
     `free_results`; a caller that takes a tensor out of `results` sets its tag to ESP_VALUE_NONE. A result that is a
     plain tensor needs no `free_results`, only `release`. */
  esp_status (*ESP_NONNULL call)(
      const esp_operator *ESP_NONNULL op, const esp_operand *ESP_NULLABLE arguments, uint64_t argument_count,
      esp_operand *ESP_NULLABLE results, uint64_t result_capacity, uint64_t *ESP_NONNULL result_count,
      esp_error_text error);
  /* Frees lists and strings and releases the tensors still in them. */
  void (*ESP_NONNULL free_results)(esp_operand *ESP_NULLABLE results, uint64_t count);

  /* --- Autograd --- */
  esp_status (*ESP_NONNULL set_requires_grad)(esp_tensor *ESP_NONNULL tensor, int32_t on, esp_error_text error);
  /* The accumulated gradient of a leaf, null where there is none. */
  esp_status (*ESP_NONNULL gradient)(
      const esp_tensor *ESP_NONNULL tensor, esp_tensor *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  /* Null clears it. */
  esp_status (*ESP_NONNULL set_gradient)(
      esp_tensor *ESP_NONNULL tensor, esp_tensor *ESP_NULLABLE gradient, esp_error_text error);
  /* Null `gradients` (or a null in it) stands for one, and asks for a scalar. */
  esp_status (*ESP_NONNULL backward)(
      esp_tensor *ESP_NULLABLE const *ESP_NONNULL tensors, esp_tensor *ESP_NULLABLE const *ESP_NULLABLE gradients,
      uint64_t count, esp_flags flags, esp_error_text error);
  /* Gradients of `outputs` with respect to `inputs`, into out[0..<input_count]; null where unused and allowed. */
  esp_status (*ESP_NONNULL grad)(
      esp_tensor *ESP_NULLABLE const *ESP_NONNULL outputs, esp_tensor *ESP_NULLABLE const *ESP_NULLABLE grad_outputs,
      uint64_t output_count, esp_tensor *ESP_NULLABLE const *ESP_NONNULL inputs, uint64_t input_count, esp_flags flags,
      esp_tensor *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  /* Gives `outputs`, computed by the caller without autograd, a backward pass by `callback`; the tensors that come back
     in `out` are connected to `inputs`. `deleter` drops `context`, once, also when this call fails. */
  esp_status (*ESP_NONNULL custom_function)(
      esp_tensor *ESP_NULLABLE const *ESP_NONNULL inputs, uint64_t input_count,
      esp_tensor *ESP_NULLABLE const *ESP_NONNULL outputs, uint64_t output_count, esp_backward ESP_NONNULL callback,
      void *ESP_NULLABLE context, esp_deleter ESP_NULLABLE deleter, esp_tensor *ESP_NULLABLE *ESP_NONNULL out,
      esp_error_text error);
  /* ESP_SCOPE_*; device and dtype only for autocast. */
  esp_status (*ESP_NONNULL begin_scope)(
      uint32_t kind, int32_t device_type, int32_t dtype, esp_scope *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  void (*ESP_NONNULL end_scope)(esp_scope *ESP_NULLABLE scope);
  /* 1 while operators record. */
  int32_t (*ESP_NONNULL is_recording)(void);

  /* --- DLPack --- */
  /* A DLManagedTensor(Versioned) *, whose deleter the taker calls once. */
  esp_status (*ESP_NONNULL to_dlpack)(
      const esp_tensor *ESP_NONNULL tensor, esp_flags flags, void *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  /* Takes `managed` over: its deleter runs when the tensor goes, or before this returns if it fails. */
  esp_status (*ESP_NONNULL from_dlpack)(
      void *ESP_NONNULL managed, esp_flags flags, esp_tensor *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);

  /* --- Streams and events --- */
  /* The current stream as the device's own handle (cudaStream_t); null on the CPU. */
  esp_status (*ESP_NONNULL current_stream)(
      int32_t device_type, int32_t device_id, void *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  /* Waits for everything enqueued on the current stream. */
  esp_status (*ESP_NONNULL synchronize)(int32_t device_type, int32_t device_id, esp_error_text error);
  esp_status (*ESP_NONNULL create_event)(
      int32_t device_type, int32_t device_id, esp_flags flags, esp_event *ESP_NULLABLE *ESP_NONNULL out,
      esp_error_text error);
  void (*ESP_NONNULL destroy_event)(esp_event *ESP_NULLABLE event);
  /* Records on the device's current stream. */
  esp_status (*ESP_NONNULL record_event)(esp_event *ESP_NONNULL event, esp_error_text error);
  /* Makes the device's current stream wait for the event. */
  esp_status (*ESP_NONNULL wait_event)(esp_event *ESP_NONNULL event, esp_error_text error);
  esp_status (*ESP_NONNULL synchronize_event)(esp_event *ESP_NONNULL event, esp_error_text error);
  /* Milliseconds between two recorded events with timing. */
  esp_status (*ESP_NONNULL elapsed)(
      esp_event *ESP_NONNULL from, esp_event *ESP_NONNULL to, double *ESP_NONNULL milliseconds, esp_error_text error);

  /* --- Memory, seeds, threads --- */
  esp_status (*ESP_NONNULL memory_stats)(
      int32_t device_type, int32_t device_id, esp_memory_stats *ESP_NONNULL out, esp_error_text error);
  esp_status (*ESP_NONNULL reset_memory_peak)(int32_t device_type, int32_t device_id, esp_error_text error);
  /* Gives cached blocks back to the device. */
  esp_status (*ESP_NONNULL empty_cache)(int32_t device_type, esp_error_text error);
  esp_status (*ESP_NONNULL seed)(uint64_t seed, esp_error_text error);
  int32_t (*ESP_NONNULL threads)(void);
  esp_status (*ESP_NONNULL set_threads)(int32_t count, esp_error_text error);
  int32_t (*ESP_NONNULL interop_threads)(void);
  /* Only before the first parallel work. */
  esp_status (*ESP_NONNULL set_interop_threads)(int32_t count, esp_error_text error);
} esp_ops_v1;

#ifdef __cplusplus
}
#endif
#endif
