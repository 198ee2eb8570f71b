/* The one export of libEspalierRuntime.so. */
#ifndef TORCH_RUNTIME_H
#define TORCH_RUNTIME_H
#include "espalier_runtime.h"

#ifdef __cplusplus
extern "C"
#endif
ESP_EXPORT const esp_runtime_table *ESP_NONNULL esp_runtime_v1(void);
#endif
