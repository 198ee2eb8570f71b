/* What the dynamic loader has mapped. */
#ifndef ESPALIER_LOADER_H
#define ESPALIER_LOADER_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Whether a library of this name (as in NEEDED) is mapped, and if so the path that it was mapped from. */
int esp_loaded_path(const char *_Nonnull name, char *_Nonnull path, size_t capacity);

/* A descriptor of memory with these bytes that can neither change nor shrink; -1 with errno set. The name is for /proc alone. */
int esp_sealed_copy(const char *_Nonnull name, const void *_Nonnull bytes, size_t size);

/* Swaps two paths in one step; -1 with errno set. */
int esp_exchange(const char *_Nonnull a, const char *_Nonnull b);

#ifdef __cplusplus
}
#endif
#endif
