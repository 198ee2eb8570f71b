/* The shared runtime as the host sees it. Private to the host: it may change with every version of Espalier, and no plugin includes
   it. What plugins may use is esp.ops/1 (espalier_ops.h). */
#ifndef ESPALIER_RUNTIME_H
#define ESPALIER_RUNTIME_H
#include "espalier_ops.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_RUNTIME_SYMBOL "esp_runtime_v1"
#define ESP_RUNTIME_REVISION 3u

/* A stream of a device beside the one that its work is enqueued on by default. */
typedef struct esp_stream esp_stream;

typedef struct esp_runtime_table {
  uint32_t struct_size;
  uint32_t revision; /* ESP_RUNTIME_REVISION of the build; host and runtime are built together */
  const esp_ops_v1 *ESP_NONNULL ops;
  /* The torch whose headers the runtime was compiled against ("2.11.0"). */
  const char *ESP_NONNULL torch_version;
  /* The same of the libtorch_cpu.so that was loaded, major << 16 | minor << 8 | patch. */
  uint32_t (*ESP_NONNULL loaded_version)(void);
  /* The libtorch_cpu.so that the runtime's symbols come from; null where the loader does not say. */
  const char *ESP_NULLABLE (*ESP_NONNULL torch_library)(void);
  /* Registers CUDA by loading `path` (libtorch_cuda.so). Fails without a driver or library, with the reason. */
  esp_status (*ESP_NONNULL load_cuda)(const char *ESP_NONNULL path, esp_error_text error);
  int32_t (*ESP_NONNULL cuda_count)(void);
  /* Takes a stream of torch's pool; null on the CPU, where work is done when the call returns. */
  esp_status (*ESP_NONNULL open_stream)(
      int32_t device_type, int32_t device_id, esp_stream *ESP_NULLABLE *ESP_NONNULL out, esp_error_text error);
  void (*ESP_NONNULL close_stream)(esp_stream *ESP_NULLABLE stream);
  /* Makes it the thread's current stream, behind all that the one before it holds now. */
  esp_status (*ESP_NONNULL enter_stream)(esp_stream *ESP_NONNULL stream, esp_error_text error);
  /* Makes the stream before enter_stream the current one again; it does not wait. */
  esp_status (*ESP_NONNULL leave_stream)(esp_stream *ESP_NONNULL stream, esp_error_text error);
  /* Makes the thread's current stream wait for all that `stream` holds now. */
  esp_status (*ESP_NONNULL join_stream)(esp_stream *ESP_NONNULL stream, esp_error_text error);
  /* Calls `work` for 0..<count on the threads that operators use; within it, operators use one thread each. The calling thread does
     the first share; where there is one thread or one piece, it does all, and operators use what there is. `work` must not unwind. */
  esp_status (*ESP_NONNULL spread)(
      int64_t count, void (*ESP_NONNULL work)(void *ESP_NULLABLE context, int64_t index), void *ESP_NULLABLE context,
      esp_error_text error);
} esp_runtime_table;

#ifdef __cplusplus
}
#endif
#endif
