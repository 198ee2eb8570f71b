/* The Espalier plugin ABI, version 1.2. Plain C11; compiles as C++17; imports into Swift.
 *
 * A plugin is a shared library that exports one function, esp_plugin_entry_v1, and returns its own static table.
 * Rules that hold everywhere (docs/abi.md explains them):
 *  - Every growing struct starts with struct_size, set by whoever fills it. New fields are appended only. The reader copies
 *    min(struct_size, its own sizeof) into a zeroed struct, so a missing function reads as NULL.
 *  - esp_str, esp_value, esp_tensor_view, esp_cut, esp_plan and esp_cost stand in arrays and are frozen: they never grow.
 *  - A host skips a strategy whose interface_id it does not know, unread.
 *  - Nothing is freed across the boundary. What the host lends is valid until the call returns; what the plugin's tables
 *    point at is valid until the process ends, since a plugin is never unmapped.
 *  - A function returns 0 or ESP_E_*; the text goes to host->fail with the call, which copies it.
 *  - Threads: [any-thread] may be called from any thread while the call lasts; [call-thread] only from the thread on which
 *    the host made the call; [control-thread] is the thread that loads and ends plugins.
 */
#ifndef ESPALIER_PLUGIN_H
#define ESPALIER_PLUGIN_H
#include "espalier_types.h"
#ifdef __cplusplus
extern "C" {
#endif

#define ESP_ABI_MAJOR 1u
#define ESP_ABI_MINOR 2u

/* A host accepts a plugin iff major equals its own, min_host_minor <= its minor, and minor >= its oldest_minor.
   A plugin built against a newer minor is welcome. */
typedef struct esp_version {
  uint32_t struct_size, major, minor, min_host_minor;
} esp_version;

/* ---- hyper-parameters ---- */

#define ESP_T_NONE 0u /* no value: no default, no bound, optional parameter not given */
#define ESP_T_BOOL 1u /* u.i is 0 or 1 */
#define ESP_T_I64 2u  /* u.i */
#define ESP_T_F64 3u  /* u.f, finite */
#define ESP_T_STR 4u  /* u.p: const char *, len bytes of UTF-8 */
#define ESP_T_I64S 5u /* u.p: const int64_t *, len elements */
#define ESP_T_F64S 6u /* u.p: const double *, len elements */
#define ESP_T_STRS 7u /* u.p: const esp_str *, len elements */
/* A tagged value of 24 bytes; frozen. */
typedef struct esp_value {
  uint32_t type, reserved;
  union {
    int64_t i;
    double f;
    const void *ESP_NULLABLE p;
  } u;
  uint64_t len;
} esp_value;

#define ESP_P_REQUIRED 1u /* no default; the host refuses to create without it */
#define ESP_P_TUNABLE 2u  /* may become a dimension of a search; has finite min and max */
#define ESP_P_LOG 4u      /* searched on a logarithmic scale */
/* One hyper-parameter. min and max are inclusive, of the parameter's type (of the element's type for lists). With
   n_choices > 0 a string (or each string of a list) must be one of the choices. */
typedef struct esp_param_spec {
  uint32_t struct_size, type;
  esp_flags flags;
  uint32_t n_choices;
  esp_str name, doc, alias; /* alias: a former name that is still accepted; empty for none */
  esp_value def, min, max;
  const esp_str *ESP_NULLABLE choices;
} esp_param_spec;

/* ---- the host ---- */

typedef struct esp_call esp_call; /* one invocation; opaque, host-owned, dead once the call returned */

#define ESP_LOG_DEBUG 0
#define ESP_LOG_INFO 1
#define ESP_LOG_WARNING 2
#define ESP_LOG_ERROR 3

/* Given to the entry; lives until the process ends. */
typedef struct esp_host {
  uint32_t struct_size, abi_major, abi_minor, oldest_minor;
  void *ESP_NULLABLE host_data; /* the host's own */
  esp_str name, version;
  /* [any-thread] */
  void (*ESP_NULLABLE log)(const struct esp_host *ESP_NONNULL host, int32_t level, esp_str message);
  /* [any-thread] Copies the message into the call's record and returns code, so that `return host->fail(...)` reads well.
     Without a call (in the entry) it is the reason for declining. */
  esp_status (*ESP_NULLABLE fail)(const struct esp_host *ESP_NONNULL host, esp_call *ESP_NULLABLE call, esp_status code,
                                  esp_str message);
  /* [any-thread] Non-zero once the call is to end: return ESP_E_CANCELLED soon. */
  int32_t (*ESP_NULLABLE should_stop)(esp_call *ESP_NONNULL call);
  /* [call-thread] Scratch of the prototype's shape, dtype and device (its data is not read), zeroed; the host frees it after the
     call. The strides are those of a dense tensor. */
  esp_status (*ESP_NULLABLE temp)(esp_call *ESP_NONNULL call, const esp_tensor_view *ESP_NONNULL prototype,
                                  esp_tensor_view *ESP_NONNULL out);
  /* [call-thread] For the rare keeper: a DLManagedTensorVersioned (DLPack 1.x) holding the view's values beyond the call. Call its
     deleter exactly once, from any thread. */
  esp_status (*ESP_NULLABLE retain_dlpack)(esp_call *ESP_NONNULL call, const esp_tensor_view *ESP_NONNULL view,
                                           void *ESP_NULLABLE *ESP_NONNULL out_managed);
  /* [any-thread] A table by its versioned id, such as "esp.ops/1" (const esp_ops_v1 *); NULL where this host has none. */
  const void *ESP_NULLABLE (*ESP_NULLABLE get_extension)(const struct esp_host *ESP_NONNULL host, esp_str id);
} esp_host;

/* ---- esp.pruner/1 ---- */

#define ESP_ROLE_HEAD 1u          /* behind the last feature map that several branches share */
#define ESP_ROLE_FEEDS_OUTPUT 2u  /* a consumer's result is an output of the model */
#define ESP_ROLE_DEPTHWISE 4u     /* a depthwise convolution is among its members */
#define ESP_ROLE_RESIDUAL 8u      /* several producers are added up, so their cuts coincide */
/* Channels that can only be cut together. */
typedef struct esp_group {
  uint32_t struct_size;
  esp_flags roles;
  esp_str name;          /* the weight that names the group; unique in the model */
  esp_str op;            /* ONNX operator of the node that holds the weight */
  int64_t channels;      /* how many there are to choose from */
  uint32_t n_members, n_producers, n_consumers;
  int32_t stride;        /* input pixels per pixel of its feature map; 0 where that is not known */
  int64_t macs, params;  /* multiply-adds and parameters of all members, uncut */
} esp_group;

#define ESP_MEMBER_PRODUCER 1u /* loses filters */
#define ESP_MEMBER_CONSUMER 2u /* loses input slices */
#define ESP_MEMBER_PER_CHANNEL 3u /* one entry a channel: batch norm, bias, depthwise filter */
/* A weight that a cut makes smaller. Group channels first ..< first + count are its slices
   at + (channel - first) * block ..< at + (channel - first + 1) * block along `axis`. Member 0 holds the group's name. */
typedef struct esp_member {
  uint32_t struct_size, kind;
  esp_str name, op;
  int32_t axis, rank;
  int64_t first, count, at, block;
} esp_member;

#define ESP_CUT_RATIO 1u
#define ESP_CUT_CHANNELS 2u
/* What is removed from one group; frozen. */
typedef struct esp_cut {
  uint32_t group, kind;
  double ratio;                           /* in [0, 1): the host removes round-half-even(channels * ratio) of least importance */
  const int64_t *ESP_NULLABLE channels;   /* the channels to remove, each once */
  uint64_t n_channels;
} esp_cut;

/* Frozen. A group without a cut stays whole. */
typedef struct esp_plan {
  const esp_cut *ESP_NULLABLE cuts;
  uint64_t n_cuts;
} esp_plan;

/* Frozen. Multiply-adds at the run's input size, and parameters, of the whole model. */
typedef struct esp_cost {
  int64_t macs, params;
} esp_cost;

/* What a host offers while a pruner plans or scores. Every function: [call-thread]. A NULL function is absent in this host;
   one that returns ESP_E_UNIMPLEMENTED is absent in this run (no task to evaluate, say). `out` structs: the caller sets
   struct_size. */
typedef struct esp_pruning_host {
  uint32_t struct_size, n_groups;
  uint64_t seed; /* of the run: the only source of randomness that keeps a run reproducible */
  esp_status (*ESP_NULLABLE group)(esp_call *ESP_NONNULL call, uint32_t group, esp_group *ESP_NONNULL out);
  esp_status (*ESP_NULLABLE member)(esp_call *ESP_NONNULL call, uint32_t group, uint32_t member, esp_member *ESP_NONNULL out);
  /* A dense read-only view of the member's weight: CPU, float32. */
  esp_status (*ESP_NULLABLE weight)(esp_call *ESP_NONNULL call, uint32_t group, uint32_t member,
                                    esp_tensor_view *ESP_NONNULL out);
  /* The same of the derivative of the task's loss by that weight: the mean over the images that `samples` counts, each passed
     alone, with the statistics of normalisation frozen. What training leaves alone, such as those, has the gradient zero. */
  esp_status (*ESP_NULLABLE gradient)(esp_call *ESP_NONNULL call, uint32_t group, uint32_t member,
                                      esp_tensor_view *ESP_NONNULL out);
  /* The host's own importance (L1 norm) of each channel; n must be the group's channel count. */
  esp_status (*ESP_NULLABLE importance)(esp_call *ESP_NONNULL call, uint32_t group, double *ESP_NONNULL out, uint64_t n);
  /* The uncut model as ONNX bytes. */
  esp_status (*ESP_NULLABLE model)(esp_call *ESP_NONNULL call, const uint8_t *ESP_NULLABLE *ESP_NONNULL bytes,
                                   uint64_t *ESP_NONNULL n);
  /* One result a plan. */
  esp_status (*ESP_NULLABLE cost)(esp_call *ESP_NONNULL call, const esp_plan *ESP_NONNULL plans, uint64_t n,
                                  esp_cost *ESP_NONNULL out);
  /* The task's metric (more is better) of each plan applied without fine-tuning. Hand over all plans at once: the host shares
     work between them. */
  esp_status (*ESP_NULLABLE evaluate)(esp_call *ESP_NONNULL call, const esp_plan *ESP_NONNULL plans, uint64_t n,
                                      double *ESP_NONNULL out);
  /* The plan goes here, during `plan` only. A group set twice is an error. */
  esp_status (*ESP_NULLABLE set_ratio)(esp_call *ESP_NONNULL call, uint32_t group, double ratio);
  esp_status (*ESP_NULLABLE set_channels)(esp_call *ESP_NONNULL call, uint32_t group, const int64_t *ESP_NULLABLE channels,
                                          uint64_t n);
  /* Whose scores choose the channels of a ratio: a strategy id. Not set: this strategy's `score`, else the host's L1 norm. */
  esp_status (*ESP_NULLABLE set_score)(esp_call *ESP_NONNULL call, esp_str strategy);
  /* Since 1.2. How many images gradients are taken over. */
  esp_status (*ESP_NULLABLE samples)(esp_call *ESP_NONNULL call, uint64_t *ESP_NONNULL out);
  /* Since 1.2. For each image, a row of the derivatives of its loss by a factor on each channel of the group, where the factor
     is 1: on what the group's consumers read, or where it has none, on what its producers make. n must be samples times
     channels. */
  esp_status (*ESP_NULLABLE mask_gradients)(esp_call *ESP_NONNULL call, uint32_t group, double *ESP_NONNULL out, uint64_t n);
} esp_pruning_host;

#define ESP_PRUNER_V1 "esp.pruner/1"
/* At least one of the two is there. While the plugin is inside host->cost or host->evaluate, the host may call `score` of the same
   instance on the same thread. */
typedef struct esp_pruner_v1 {
  uint32_t struct_size, reserved;
  /* [call-thread] Decides, and hands the decision to set_ratio and set_channels. */
  esp_status (*ESP_NULLABLE plan)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call,
                                  const esp_pruning_host *ESP_NONNULL pruning);
  /* [call-thread] The importance of each channel of one group: finite, the least goes first. */
  esp_status (*ESP_NULLABLE score)(void *ESP_NONNULL self, esp_call *ESP_NONNULL call,
                                   const esp_pruning_host *ESP_NONNULL pruning, uint32_t group, double *ESP_NONNULL out,
                                   uint64_t n);
} esp_pruner_v1;

/* ---- strategies and the plugin ---- */

#define ESP_S_REENTRANT 1u      /* one instance may be called from several threads at once */
#define ESP_S_DETERMINISTIC 2u  /* same input, parameters and seed: same bits */
#define ESP_S_PROCESS_SERIAL 4u /* the host takes one lock around every call of this plugin */
/* Where the tensors may lie that the strategy is given; 0 reads as the CPU. Pruners, quantizers and spaces are lent memory of the CPU
   on every run. A loss that lacks the run's device gets copies on the CPU; what lacks the CPU too is refused before work begins. */
#define ESP_DEVICE_MASK_CPU 1u
#define ESP_DEVICE_MASK_CUDA 2u
typedef struct esp_strategy {
  uint32_t struct_size;
  esp_flags flags;
  esp_str id;           /* reverse DNS, such as org.example.taylor; ids without a dot are the built-ins' */
  esp_str interface_id; /* ESP_PRUNER_V1, or the id of another interface's header */
  esp_str name, doc, version;
  uint64_t device_mask;
  const esp_param_spec *ESP_NULLABLE const *ESP_NULLABLE params;
  uint32_t n_params, reserved;
  void *ESP_NULLABLE data; /* the plugin's own; the host passes the strategy back to create */
  /* [control-thread] params has n_params values in the order of the specs, checked against them. */
  esp_status (*ESP_NULLABLE create)(const struct esp_strategy *ESP_NONNULL strategy, const esp_host *ESP_NONNULL host,
                                    esp_call *ESP_NONNULL call, const esp_value *ESP_NULLABLE params, uint32_t n_params,
                                    void *ESP_NULLABLE *ESP_NONNULL self);
  /* [control-thread] */
  void (*ESP_NULLABLE destroy)(void *ESP_NONNULL self);
  const void *ESP_NULLABLE vtable; /* typed by interface_id */
} esp_strategy;

typedef struct esp_plugin {
  uint32_t struct_size, n_strategies;
  esp_version abi;
  esp_str id, version, vendor;
  const esp_strategy *ESP_NULLABLE const *ESP_NULLABLE strategies;
  /* [control-thread] Join every thread that the plugin made. May be NULL. */
  void (*ESP_NULLABLE shutdown)(void);
} esp_plugin;

/* The one exported symbol. The major is in the name, so a plugin may export several. NULL: declined, the reason through fail. */
ESP_EXPORT const esp_plugin *ESP_NULLABLE esp_plugin_entry_v1(const esp_host *ESP_NONNULL host);

#ifdef __cplusplus
}
#endif
#endif
