#!/usr/bin/env bash
# Prints the nanoseconds of one call into a plugin: in Swift, by a C table, and of a plain C function by libffi; the least of ROUNDS turns.
#
#   ROUNDS=2000        turns of 2,000 calls each
set -eu -o pipefail
cd "$(dirname "$0")/.."
bin=.build/release
out=$(realpath .build)/bench-boundary
rm -rf "$out"
mkdir -p "$out"
swift build -c release --product espalier-bench 2>&1 | grep -E 'error:|warning:' || true
cat >"$out/table.c" <<'C'
#include "espalier_plugin.h"
#define S(text) {text, sizeof(text) - 1}
static char me;
static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *v, uint32_t n, void **self) {
  *self = &me;
  return ESP_OK;
}
static void destroy(void *self) {}
static esp_status plan(void *self, esp_call *call, const esp_pruning_host *p) { return ESP_OK; }
static esp_status score(void *self, esp_call *call, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) {
  for (uint64_t k = 0; k < n; ++k) out[k] = (double)k;
  return ESP_OK;
}
static const esp_pruner_v1 vtable = {sizeof vtable, 0, plan, score};
static const esp_strategy strategy = {sizeof strategy, ESP_S_REENTRANT, S("org.example.bench.table"), S(ESP_PRUNER_V1), S("Bench"),
                                      S("Does nothing."), S("1.0.0"), ESP_DEVICE_MASK_CPU, 0, 0, 0, 0, create, destroy, &vtable};
static const esp_strategy *const strategies[] = {&strategy};
static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 0},
                                  S("org.example.bench.table"), S("1.0.0"), S("Bench"), strategies, 0};
ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { return &plugin; }
C
cat >"$out/function.c" <<'C'
#include <stdint.h>
void f(const float *w, int64_t n, double *out) { for (int64_t k = 0; k < n; ++k) out[k] = w[k]; }
C
for name in table function; do
  cc -shared -fPIC -O2 -w -ISources/CEspalier/include -o "$out/$name.so" "$out/$name.c"
  chmod 755 "$out/$name.so"
done
hash() { sha256sum "$out/$1.so" | cut -d' ' -f1; }
cat >"$out/table.manifest.json" <<JSON
{"manifest": 1, "id": "org.example.bench.table", "version": "1.0.0", "library": "table.so", "sha256": "$(hash table)", "abi": "esp/1",
 "strategies": [{"id": "org.example.bench.table", "interface": "esp.pruner/1"}]}
JSON
cat >"$out/function.manifest.json" <<JSON
{"manifest": 1, "id": "org.example.bench.function", "version": "1.0.0", "library": "function.so", "sha256": "$(hash function)",
 "abi": "c-function/1", "functions": [{"symbol": "f", "interface": "esp.pruner/1", "role": "score",
   "args": [{"type": "f32*", "bind": "weight.data", "access": "read"}, {"type": "i64", "bind": "weight.numel"},
            {"type": "f64*", "bind": "scores.data", "access": "write"}]}]}
JSON
chmod 644 "$out"/*.json
"$bin/espalier-bench" boundary "$out" "${ROUNDS:-2000}"
