/* The functions of a shared library as its debug information (DWARF) describes them. */
#ifndef ESPALIER_DEBUGINFO_H
#define ESPALIER_DEBUGINFO_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef enum esp_debug_kind {
  ESP_DEBUG_VOID = 0,
  ESP_DEBUG_SIGNED = 1,
  ESP_DEBUG_UNSIGNED = 2,
  ESP_DEBUG_FLOAT = 3,
  /* A pointer to a function, a struct or union by value, an array: what no manifest can describe. */
  ESP_DEBUG_OTHER = 4
} esp_debug_kind;

/* A type with typedefs, const, volatile and enumerations resolved. */
typedef struct esp_debug_type {
  uint8_t kind;       /* esp_debug_kind; of a pointer, what it points at */
  uint8_t size;       /* in bytes; 0 where it has none */
  uint8_t is_pointer; /* one level; a pointer to a pointer points at ESP_DEBUG_OTHER */
  uint8_t is_const;   /* what it points at is const */
} esp_debug_type;

typedef struct esp_debug_parameter {
  char name[64];
  esp_debug_type type;
} esp_debug_parameter;

enum { ESP_DEBUG_PARAMETERS = 64 };

typedef struct esp_debug_function {
  char name[256];
  esp_debug_type result;
  uint32_t n_parameters; /* also of those beyond ESP_DEBUG_PARAMETERS, which are not told */
  uint8_t is_variadic;
  uint8_t has_prototype;
  esp_debug_parameter parameters[ESP_DEBUG_PARAMETERS];
} esp_debug_function;

/* Calls back for every function that is defined with external linkage; the callback returns 0 to end it.
   1 where there is debug information, 0 where there is none or it cannot be read. The bytes are not changed. */
int esp_debug_functions(const void *_Nonnull bytes, size_t size, int (*_Nonnull tell)(const esp_debug_function *_Nonnull, void *_Nullable),
                        void *_Nullable context);

#ifdef __cplusplus
}
#endif
#endif
