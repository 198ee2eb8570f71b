/* What the dynamic loader has mapped. */
#ifndef ESPALIER_LOADER_H
#define ESPALIER_LOADER_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Whether a library of this name (as NEEDED has it) is mapped, and if so the path that it was mapped from. */
int esp_loaded_path(const char *_Nonnull name, char *_Nonnull path, size_t capacity);

#ifdef __cplusplus
}
#endif
#endif
