/* A right plugin, out of which each fixture breaks one thing by defining a macro before it includes this. */
#ifndef FIXTURE_PLUGIN_H
#define FIXTURE_PLUGIN_H
#include "espalier_plugin.h"
#include <string.h>

#define S(text) {text, sizeof(text) - 1}
#ifndef ID
#  define ID "org.example.plugin"
#endif
#ifndef STRATEGY
#  define STRATEGY "org.example.strategy"
#endif
#ifndef VERSION
#  define VERSION {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 0}
#endif
#ifndef PARAM_TABLE
#  define PARAM_TABLE
#endif
#ifndef PLUGIN_SIZE
#  define PLUGIN_SIZE sizeof(esp_plugin)
#endif
#ifndef STRATEGY_SIZE
#  define STRATEGY_SIZE sizeof(esp_strategy)
#endif
#ifndef VTABLE_SIZE
#  define VTABLE_SIZE sizeof(esp_pruner_v1)
#endif
#ifndef N_STRATEGIES
#  define N_STRATEGIES 1
#endif
#ifndef N_PARAMS
#  define N_PARAMS 0
#endif
#ifndef FLAGS
#  define FLAGS 0
#endif
#ifndef INTERFACE
#  define INTERFACE ESP_PRUNER_V1
#endif
#ifndef DEVICES
#  define DEVICES ESP_DEVICE_MASK_CPU
#endif
#ifndef SHUTDOWN
#  define SHUTDOWN 0
#endif
#ifndef VTABLE
#  define VTABLE vtable
#endif

static const esp_host *host;
static char self_;

#ifndef CREATE
static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
  *self = &self_;
  return ESP_OK;
}
#  define CREATE create
#endif
#ifndef PLAN
#  ifndef BODY_RATIO
#    define BODY_RATIO 0.5
#  endif
static esp_status plan(void *self, esp_call *call, const esp_pruning_host *p) { return p->set_ratio(call, 0, BODY_RATIO); }
#  define PLAN plan
#endif
#ifndef SCORE
#  define SCORE 0
#endif
static void destroy(void *self) {}

PARAM_TABLE
static const esp_pruner_v1 vtable = {VTABLE_SIZE, 0, PLAN, SCORE};
static const esp_strategy strategy = {STRATEGY_SIZE, FLAGS, S(STRATEGY), S(INTERFACE), S("Strategy"), S("A fixture."), S("1.0.0"),
                                      DEVICES,
#if N_PARAMS
                                      params,
#else
                                      0,
#endif
                                      N_PARAMS, 0, 0, CREATE, destroy, &VTABLE};
static const esp_strategy *const strategies[] = {&strategy, &strategy};
static const esp_plugin plugin = {PLUGIN_SIZE, N_STRATEGIES, VERSION, S(ID), S("1.0.0"), S("Fixtures"), strategies, SHUTDOWN};

#ifndef ENTRY
#ifdef __cplusplus
extern "C"
#endif
const esp_plugin *esp_plugin_entry_v1(const esp_host *h) {
  host = h;
  return &plugin;
}
#endif
#endif
