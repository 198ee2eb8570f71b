/* The layout of espalier_plugin.h at version 1.0. A line here is never edited, only added to: a new minor gets its own file. */
#include "espalier_plugin.h"

#ifdef __cplusplus
#  define ESP_ASSERT(condition, text) static_assert(condition, text)
#else
#  define ESP_ASSERT(condition, text) _Static_assert(condition, text)
#endif
#define SIZE(type, bytes) ESP_ASSERT(sizeof(type) >= bytes, #type " shrank")
#define FROZEN(type, bytes) ESP_ASSERT(sizeof(type) == bytes, #type " is frozen")
#define OFFSET(type, field, bytes) ESP_ASSERT(offsetof(type, field) == bytes, #type "." #field " moved")

FROZEN(esp_str, 16);
OFFSET(esp_str, ptr, 0);
OFFSET(esp_str, len, 8);
FROZEN(esp_version, 16);
OFFSET(esp_version, major, 4);
OFFSET(esp_version, minor, 8);
OFFSET(esp_version, min_host_minor, 12);
FROZEN(esp_value, 24);
OFFSET(esp_value, type, 0);
OFFSET(esp_value, u, 8);
OFFSET(esp_value, len, 16);
SIZE(esp_param_spec, 144);
OFFSET(esp_param_spec, type, 4);
OFFSET(esp_param_spec, flags, 8);
OFFSET(esp_param_spec, n_choices, 12);
OFFSET(esp_param_spec, name, 16);
OFFSET(esp_param_spec, doc, 32);
OFFSET(esp_param_spec, alias, 48);
OFFSET(esp_param_spec, def, 64);
OFFSET(esp_param_spec, min, 88);
OFFSET(esp_param_spec, max, 112);
OFFSET(esp_param_spec, choices, 136);
SIZE(esp_tensor_view, 64);
OFFSET(esp_tensor_view, flags, 4);
OFFSET(esp_tensor_view, data, 8);
OFFSET(esp_tensor_view, device_type, 16);
OFFSET(esp_tensor_view, device_id, 20);
OFFSET(esp_tensor_view, ndim, 24);
OFFSET(esp_tensor_view, dtype_code, 28);
OFFSET(esp_tensor_view, dtype_bits, 29);
OFFSET(esp_tensor_view, dtype_lanes, 30);
OFFSET(esp_tensor_view, shape, 32);
OFFSET(esp_tensor_view, strides, 40);
OFFSET(esp_tensor_view, byte_offset, 48);
OFFSET(esp_tensor_view, handle, 56);
SIZE(esp_host, 104);
OFFSET(esp_host, abi_major, 4);
OFFSET(esp_host, abi_minor, 8);
OFFSET(esp_host, oldest_minor, 12);
OFFSET(esp_host, host_data, 16);
OFFSET(esp_host, name, 24);
OFFSET(esp_host, version, 40);
OFFSET(esp_host, log, 56);
OFFSET(esp_host, fail, 64);
OFFSET(esp_host, should_stop, 72);
OFFSET(esp_host, temp, 80);
OFFSET(esp_host, retain_dlpack, 88);
OFFSET(esp_host, get_extension, 96);
SIZE(esp_group, 80);
OFFSET(esp_group, roles, 4);
OFFSET(esp_group, name, 8);
OFFSET(esp_group, op, 24);
OFFSET(esp_group, channels, 40);
OFFSET(esp_group, n_members, 48);
OFFSET(esp_group, n_producers, 52);
OFFSET(esp_group, n_consumers, 56);
OFFSET(esp_group, stride, 60);
OFFSET(esp_group, macs, 64);
OFFSET(esp_group, params, 72);
SIZE(esp_member, 80);
OFFSET(esp_member, kind, 4);
OFFSET(esp_member, name, 8);
OFFSET(esp_member, op, 24);
OFFSET(esp_member, axis, 40);
OFFSET(esp_member, rank, 44);
OFFSET(esp_member, first, 48);
OFFSET(esp_member, count, 56);
OFFSET(esp_member, at, 64);
OFFSET(esp_member, block, 72);
FROZEN(esp_cut, 32);
OFFSET(esp_cut, kind, 4);
OFFSET(esp_cut, ratio, 8);
OFFSET(esp_cut, channels, 16);
OFFSET(esp_cut, n_channels, 24);
FROZEN(esp_plan, 16);
OFFSET(esp_plan, n_cuts, 8);
FROZEN(esp_cost, 16);
OFFSET(esp_cost, params, 8);
SIZE(esp_pruning_host, 104);
OFFSET(esp_pruning_host, n_groups, 4);
OFFSET(esp_pruning_host, seed, 8);
OFFSET(esp_pruning_host, group, 16);
OFFSET(esp_pruning_host, member, 24);
OFFSET(esp_pruning_host, weight, 32);
OFFSET(esp_pruning_host, gradient, 40);
OFFSET(esp_pruning_host, importance, 48);
OFFSET(esp_pruning_host, model, 56);
OFFSET(esp_pruning_host, cost, 64);
OFFSET(esp_pruning_host, evaluate, 72);
OFFSET(esp_pruning_host, set_ratio, 80);
OFFSET(esp_pruning_host, set_channels, 88);
OFFSET(esp_pruning_host, set_score, 96);
SIZE(esp_pruner_v1, 24);
OFFSET(esp_pruner_v1, plan, 8);
OFFSET(esp_pruner_v1, score, 16);
SIZE(esp_strategy, 144);
OFFSET(esp_strategy, flags, 4);
OFFSET(esp_strategy, id, 8);
OFFSET(esp_strategy, interface_id, 24);
OFFSET(esp_strategy, name, 40);
OFFSET(esp_strategy, doc, 56);
OFFSET(esp_strategy, version, 72);
OFFSET(esp_strategy, device_mask, 88);
OFFSET(esp_strategy, params, 96);
OFFSET(esp_strategy, n_params, 104);
OFFSET(esp_strategy, data, 112);
OFFSET(esp_strategy, create, 120);
OFFSET(esp_strategy, destroy, 128);
OFFSET(esp_strategy, vtable, 136);
SIZE(esp_plugin, 88);
OFFSET(esp_plugin, n_strategies, 4);
OFFSET(esp_plugin, abi, 8);
OFFSET(esp_plugin, id, 24);
OFFSET(esp_plugin, version, 40);
OFFSET(esp_plugin, vendor, 56);
OFFSET(esp_plugin, strategies, 72);
OFFSET(esp_plugin, shutdown, 80);
