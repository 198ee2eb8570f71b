// What every strategy of this folder needs: texts, parameters, and the tables around a class.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#include "espalier_distill.h"
#include "espalier_plugin.h"
#include "espalier_quantizer.h"
#include "espalier_space.h"

inline const esp_host *host = nullptr;

inline esp_str text(const char *characters) { return {characters, std::strlen(characters)}; }

// Throws where the host refused: the call record has its words already.
struct HostRefused {
  esp_status status;
};

inline void check(esp_status status) {
  if (status != ESP_OK) throw HostRefused{status};
}

// Runs a body whose exceptions become the host's errors.
template <typename Body>
esp_status guarded(esp_call *call, Body body) {
  try {
    body();
    return ESP_OK;
  } catch (const HostRefused &refused) {
    return refused.status;
  } catch (const std::bad_alloc &) {
    return ESP_E_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    return host->fail(host, call, ESP_E_INTERNAL, text(error.what()));
  }
}

inline esp_param_spec number(const char *name, const char *doc, double standard, double least, double most) {
  auto value = [](double number) {
    esp_value value{};
    value.type = ESP_T_F64;
    value.u.f = number;
    return value;
  };
  esp_param_spec spec{};
  spec.struct_size = sizeof spec;
  spec.type = ESP_T_F64;
  spec.flags = ESP_P_TUNABLE;
  spec.name = text(name);
  spec.doc = text(doc);
  spec.def = value(standard);
  spec.min = value(least);
  spec.max = value(most);
  return spec;
}

// The elements of a dense view.
inline int64_t count(const esp_tensor_view &view) {
  int64_t n = 1;
  for (int32_t k = 0; k < view.ndim; ++k) n *= view.shape[k];
  return n;
}

inline float *data(const esp_tensor_view &view) { return reinterpret_cast<float *>(static_cast<char *>(view.data) + view.byte_offset); }

// A plugin of one strategy, made from a class that is constructed from one number.
template <typename Strategy>
const esp_plugin *plugin(const esp_host *given, const char *id, const char *interface, const char *name, const char *doc,
                         const esp_param_spec &parameter, const void *vtable) {
  host = given;
  static esp_param_spec spec = parameter;
  static const esp_param_spec *const params[] = {&spec};
  static esp_strategy strategy{};
  strategy.struct_size = sizeof strategy;
  strategy.flags = ESP_S_REENTRANT | ESP_S_DETERMINISTIC;
  strategy.id = text(id);
  strategy.interface_id = text(interface);
  strategy.name = text(name);
  strategy.doc = text(doc);
  strategy.version = text("1.0.0");
  strategy.device_mask = ESP_DEVICE_MASK_CPU;
  strategy.params = params;
  strategy.n_params = 1;
  strategy.create = [](const esp_strategy *, const esp_host *, esp_call *call, const esp_value *values, uint32_t, void **self) {
    return guarded(call, [&] { *self = new Strategy{values[0].u.f}; });
  };
  strategy.destroy = [](void *self) { delete static_cast<Strategy *>(self); };
  strategy.vtable = vtable;
  static const esp_strategy *const strategies[] = {&strategy};
  static esp_plugin table{};
  table.struct_size = sizeof table;
  table.n_strategies = 1;
  table.abi = {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 0};
  table.id = text(id);
  table.version = text("1.0.0");
  table.vendor = text("You");
  table.strategies = strategies;
  return &table;
}
