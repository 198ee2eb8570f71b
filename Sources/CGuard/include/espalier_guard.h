/* Every call from the host into a plugin passes one of these functions: exceptions become a status, leaving a call becomes an error, what
   a call changed of the process is put back, and a crash or a hang names the plugin. */
#ifndef ESPALIER_GUARD_H
#define ESPALIER_GUARD_H
#include "espalier_plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

/* ---- plugins and places ---- */

/* A plugin as the guard knows it; lives until the process ends. */
typedef struct esp_guarded esp_guarded;

/* Makes the guard's record of a plugin. A crash, a hang or a call that it left is written to `marker`, in a folder that is there. */
const esp_guarded *_Nonnull esp_guard_know(const char *_Nonnull name, const char *_Nullable marker);

/* Where the host is about to go. function lives until the process ends, layer until the call returns. `call` is what host functions
   must be given by the plugin while the call lasts. */
typedef struct esp_crumb {
  const esp_guarded *_Nonnull plugin;
  const char *_Nonnull function;
  esp_str layer;
  const void *_Nullable call;
} esp_crumb;

#define ESP_FAULT_THREW 1     /* an exception; its text is in the fault */
#define ESP_FAULT_EXIT 2      /* exit, _exit, exec and the like; how is in the text */
#define ESP_FAULT_THREAD 3    /* pthread_exit */
#define ESP_FAULT_JUMP 4      /* longjmp to where the host is */
#define ESP_FAULT_LEFT 5      /* not called: it left an earlier call */
#define ESP_FAULT_DEPTH 6     /* not called: calls nest too deep */

#define ESP_STATE_FLOATING 1u    /* rounding, denormals, traps */
#define ESP_STATE_LOCALE 2u
#define ESP_STATE_FOLDER 4u      /* the working folder */
#define ESP_STATE_UMASK 8u
#define ESP_STATE_SIGNALS 16u    /* handlers */
#define ESP_STATE_MASK 32u       /* blocked signals */
#define ESP_STATE_DESCRIPTORS 64u /* standard streams closed or replaced */
#define ESP_STATE_LIMITS 128u    /* of resources */
#define ESP_STATE_TIMERS 256u    /* that end the process by a signal */
#define ESP_STATE_FILES 1024u    /* files of the host closed or replaced */
#define ESP_STATE_INTERRUPTED 512u /* nothing was changed: calls are to end, see esp_guard_interrupt */

/* What the guard met: how the call ended, and what of the process was put back. */
typedef struct esp_fault {
  int32_t kind; /* ESP_FAULT_*, 0 for a call that returned */
  uint32_t changed; /* ESP_STATE_* */
  char text[512];
} esp_fault;

/* ---- the process ---- */

/* Installs the handlers of SIGSEGV, SIGABRT, SIGILL, SIGBUS and SIGFPE and starts the watch over deadlines. Idempotent. */
void esp_guard_install(void);

/* Where lines go, by default 2; and where an error goes as JSON too, -1 for nowhere. Both are kept open. */
void esp_guard_streams(int32_t errors, int32_t json);

/* How long one call may take of the plugin's own time before should_stop says so, and how long from then on until the process ends;
   0 milliseconds for no deadline. */
void esp_guard_deadline(uint64_t milliseconds, uint64_t grace);

/* The clock of deadlines (CLOCK_MONOTONIC) where a call that begins now is late; 0 for never. */
uint64_t esp_guard_deadline_ns(void);

/* What a line about a hang or an interruption ends with: how to go on. Copied. */
void esp_guard_advise(const char *_Nonnull text);

/* Asks all plugins to stop; async-signal-safe. Non-zero where a thread is in a call. Calls that do not return end the process after the
   grace. With `ends` those that do are the last: the host's error for them is that the work was interrupted. */
int32_t esp_guard_interrupt(int32_t ends);
/* Whether calls are to end with that error. */
int32_t esp_guard_interrupted(void);

/* Whether a plugin left a call, or any did: it is called no more. */
int32_t esp_guard_has_left(const esp_guarded *_Nullable plugin);

/* How many threads that a plugin made still run. */
int32_t esp_guard_threads(const esp_guarded *_Nonnull plugin);

/* Called with the mapped library of a plugin: addresses in it are the plugin's. */
void esp_guard_map(const esp_guarded *_Nonnull plugin, const void *_Nonnull address);

/* Says what the guard would of an error that the host found; the process continues. Remembers it where the plugin has a marker. */
void esp_guard_remember(const esp_crumb *_Nonnull at, const char *_Nonnull code, const char *_Nonnull text);

/* ---- the host's own functions ---- */

/* Begins a host function that a plugin called for `call`: the time is the host's, its floating-point state too. 0 where the call is not
   one of this thread's. */
int32_t esp_guard_enter_host(const void *_Nonnull call);
/* The same without a call, as get_extension is; 0 where this thread is in no plugin. */
int32_t esp_guard_enter(void);
void esp_guard_leave_host(void);

/* Whether a call should end soon, from any thread. */
int32_t esp_guard_should_stop(const void *_Nonnull call);

/* The innermost call of this thread; NULL for none. */
const void *_Nullable esp_guard_current(void);

/* Around reading what a plugin's tables point at. */
void esp_guard_begin_reading(const esp_crumb *_Nonnull at);
void esp_guard_end_reading(void);

/* ---- calls ---- */

typedef const esp_plugin *_Nullable (*esp_entry_fn)(const esp_host *_Nonnull);
typedef esp_status (*esp_create_fn)(const esp_strategy *_Nonnull, const esp_host *_Nonnull, esp_call *_Nonnull, const esp_value *_Nullable,
                                    uint32_t, void *_Nullable *_Nonnull);
typedef esp_status (*esp_plan_fn)(void *_Nonnull, esp_call *_Nonnull, const esp_pruning_host *_Nonnull);
typedef esp_status (*esp_score_fn)(void *_Nonnull, esp_call *_Nonnull, const esp_pruning_host *_Nonnull, uint32_t, double *_Nonnull, uint64_t);

/* dlopen; `out` stays NULL where it refuses, with dlerror's text in the fault. A constructor that leaves ends the process. */
esp_status esp_guard_open(const esp_crumb *_Nonnull at, const char *_Nonnull path, int32_t flags, void *_Nullable *_Nonnull out,
                          esp_fault *_Nonnull fault);
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
