/* What a process that runs a stranger's code needs of the system: how it is started, what it may do, and memory between guard pages. */
#ifndef ESPALIER_WORKER_H
#define ESPALIER_WORKER_H
#include <stdint.h>
#include <sys/types.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Starts a program in a session of its own, with nothing to read; `output` and `errors` become its standard streams, and every descriptor of
   `kept` has the same number in it. Returns 0 or an error number. */
int32_t esp_worker_spawn(const char *_Nonnull program, char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment,
                         const int32_t *_Nonnull kept, uint32_t n_kept, int32_t output, int32_t errors, pid_t *_Nonnull process);

/* A connected pair of sockets that no other program inherits; the second has a number that cannot be guessed. Returns 0 or an error number. */
int32_t esp_worker_channel(int32_t ends[_Nonnull 2]);

/* A page that two processes share; negative for an error. */
int32_t esp_worker_page(void);
/* Maps such a page; NULL for an error. */
uint32_t *_Nullable esp_worker_page_map(int32_t page);
void esp_worker_page_unmap(uint32_t *_Nonnull page);
void esp_worker_flag_set(uint32_t *_Nonnull flag, uint32_t value);
uint32_t esp_worker_flag_get(const uint32_t *_Nonnull flag);

/* Waits until the other end of a channel is closed, and ends this process; returns where this end was closed. */
void esp_worker_watch(int32_t channel);

#define ESP_LACKS_SECCOMP 1u  /* it may start processes and open connections */
#define ESP_LACKS_LANDLOCK 2u /* it may write files */

typedef struct esp_confinement {
  const int32_t *_Nonnull kept; /* descriptors that stay open beside the standard ones */
  uint32_t n_kept;
  uint32_t seals;       /* whether processes, connections and files are denied */
  uint32_t fixed_code;  /* whether memory that was writable can never be executed */
  pid_t parent;         /* ends with it; 0: it does not */
  uint64_t address_space, cpu_seconds, file_bytes, processes; /* 0: as it is */
  const char *_Nullable const *_Nullable writable;            /* folders below which files may be written */
  uint32_t n_writable;
} esp_confinement;

/* Takes rights from this process, for good. Returns ESP_LACKS_* of what this system cannot do. */
uint32_t esp_worker_confine(const esp_confinement *_Nonnull to);

/* What a stranger's code may have changed in this process. */
typedef struct esp_process_state {
  uint64_t folder, locale, signals; /* digests */
  uint32_t mask, rounding, vector_control;
} esp_process_state;
void esp_process_state_read(esp_process_state *_Nonnull out);

/* A signal's name without its SIG; NULL for none. */
const char *_Nullable esp_signal_name(int32_t signal);

/* Bytes that malloc has handed out and not got back. */
uint64_t esp_heap_in_use(void);

/* `bytes` bytes between two pages that cannot be touched: against the upper one, or against the lower one. `slack` fills the rest. NULL without
   memory. */
void *_Nullable esp_guarded_make(uint64_t bytes, int32_t above, uint8_t slack);
/* Makes them read-only. */
void esp_guarded_seal(void *_Nonnull memory, uint64_t bytes);
/* Gives them back; what is touched from then on is a fault. */
void esp_guarded_free(void *_Nonnull memory, uint64_t bytes);

#ifdef __cplusplus
}
#endif
#endif
