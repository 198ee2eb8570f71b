/* Every call from the host into a plugin passes one of these functions: exceptions become a status, and a crash names the plugin. */
#ifndef ESPALIER_GUARD_H
#define ESPALIER_GUARD_H
#include "espalier_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Where the host is about to go. plugin and function live until the process ends; layer is copied (its first 95 bytes). */
typedef struct esp_crumb {
  const char *_Nonnull plugin, *_Nonnull function;
  esp_str layer;
} esp_crumb;

/* Text of an exception that the guard caught; empty for none. */
typedef struct esp_fault {
  char text[512];
} esp_fault;

/* Installs handlers for SIGSEGV, SIGABRT, SIGILL, SIGBUS and SIGFPE that print the crumb of the crashing thread to standard error
   and leave the rest to whoever was installed before, by default the kernel. Idempotent. */
void esp_guard_install(void);

typedef const esp_plugin *_Nullable (*esp_entry_fn)(const esp_host *_Nonnull);
typedef esp_status (*esp_create_fn)(const esp_strategy *_Nonnull, const esp_host *_Nonnull, esp_call *_Nonnull, const esp_value *_Nullable,
                                    uint32_t, void *_Nullable *_Nonnull);
typedef esp_status (*esp_plan_fn)(void *_Nonnull, esp_call *_Nonnull, const esp_pruning_host *_Nonnull);
typedef esp_status (*esp_score_fn)(void *_Nonnull, esp_call *_Nonnull, const esp_pruning_host *_Nonnull, uint32_t, double *_Nonnull, uint64_t);

esp_status esp_guard_entry(const esp_crumb *_Nonnull at, void *_Nonnull symbol, const esp_host *_Nonnull host,
                           const esp_plugin *_Nullable *_Nonnull out, esp_fault *_Nonnull fault);
esp_status esp_guard_create(const esp_crumb *_Nonnull at, esp_create_fn _Nonnull function, const esp_strategy *_Nonnull strategy,
                            const esp_host *_Nonnull host, esp_call *_Nonnull call, const esp_value *_Nullable params, uint32_t n,
                            void *_Nullable *_Nonnull self, esp_fault *_Nonnull fault);
esp_status esp_guard_destroy(const esp_crumb *_Nonnull at, void (*_Nonnull function)(void *_Nonnull), void *_Nonnull self,
                             esp_fault *_Nonnull fault);
esp_status esp_guard_shutdown(const esp_crumb *_Nonnull at, void (*_Nonnull function)(void), esp_fault *_Nonnull fault);
esp_status esp_guard_plan(const esp_crumb *_Nonnull at, esp_plan_fn _Nonnull function, void *_Nonnull self, esp_call *_Nonnull call,
                          const esp_pruning_host *_Nonnull pruning, esp_fault *_Nonnull fault);
esp_status esp_guard_score(const esp_crumb *_Nonnull at, esp_score_fn _Nonnull function, void *_Nonnull self, esp_call *_Nonnull call,
                           const esp_pruning_host *_Nonnull pruning, uint32_t group, double *_Nonnull out, uint64_t n,
                           esp_fault *_Nonnull fault);

/* ---- plain C functions through libffi ---- */

#define ESP_FFI_VOID 0u
#define ESP_FFI_I8 1u
#define ESP_FFI_U8 2u
#define ESP_FFI_I16 3u
#define ESP_FFI_U16 4u
#define ESP_FFI_I32 5u
#define ESP_FFI_U32 6u
#define ESP_FFI_I64 7u
#define ESP_FFI_U64 8u
#define ESP_FFI_F32 9u
#define ESP_FFI_F64 10u
#define ESP_FFI_POINTER 11u
#define ESP_FFI_MAX_ARGUMENTS 64u

/* A prepared signature with its symbol. It is never freed: it lives as long as the library, which is never unmapped. May be called from
   many threads at once. */
typedef struct esp_function esp_function;

/* NULL for a type that is not one of the above, void as an argument, or too many arguments; the reason is in fault. */
esp_function *_Nullable esp_function_prepare(void *_Nonnull symbol, const uint8_t *_Nullable types, uint32_t n, uint8_t returns,
                                             esp_fault *_Nonnull fault);

/* What came back: i for integers (sign- or zero-extended), f for floats. */
typedef struct esp_result {
  int64_t i;
  double f;
} esp_result;

/* arguments[k] points at a value of the k-th type. */
esp_status esp_function_call(const esp_crumb *_Nonnull at, const esp_function *_Nonnull function,
                             void *_Nullable const *_Nullable arguments, esp_result *_Nonnull result, esp_fault *_Nonnull fault);

/* ---- DLPack ---- */

/* A DLManagedTensorVersioned (DLPack 1.0) that owns a copy of a dense CPU view. */
esp_status esp_dlpack_copy(const esp_tensor_view *_Nonnull view, void *_Nullable *_Nonnull out, esp_fault *_Nonnull fault);

/* ---- environment ---- */

/* An environment variable; NULL in a process that runs with more rights than its user (glibc's secure_getenv, which Swift cannot see). */
const char *_Nullable esp_environment(const char *_Nonnull name);

#ifdef __cplusplus
}
#endif
#endif
