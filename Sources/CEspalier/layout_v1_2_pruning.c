/* What version 1.2 appends to the pruner's structs. A line here is never edited, only added to. */
#include "espalier_plugin.h"

#ifdef __cplusplus
#  define ESP_ASSERT(condition, text) static_assert(condition, text)
#else
#  define ESP_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#define SIZE(type, bytes) ESP_ASSERT(sizeof(type) >= bytes, #type " shrank")
#define OFFSET(type, field, bytes) ESP_ASSERT(offsetof(type, field) == bytes, #type "." #field " moved")

SIZE(esp_pruning_host, 120);
OFFSET(esp_pruning_host, samples, 104);
OFFSET(esp_pruning_host, mask_gradients, 112);
