#include <algorithm>
#include <cstdio>
#include <new>

#include "runtime.h"

struct espinf_network {
  const espinf_runtime *runtime;
  espinf::Request request;
  // After the request: it goes first.
  std::unique_ptr<espinf::Loaded> loaded;
};

namespace {

int32_t fail(int32_t status, char *text, size_t capacity, const char *message) {
  if (text && capacity > 0) std::snprintf(text, capacity, "%s", message);
  return status;
}

/// Runs a body; what it throws becomes a status and a sentence.
template <typename Body>
int32_t guarded(char *text, size_t capacity, Body body) {
  if (text && capacity > 0) text[0] = 0;
  try {
    body();
    return ESPINF_OK;
  } catch (const espinf::Failure &failure) {
    return fail(failure.status, text, capacity, failure.what());
  } catch (const std::bad_alloc &) {
    return fail(ESPINF_MEMORY, text, capacity, "not enough memory");
  } catch (const std::exception &error) {
    return fail(ESPINF_FAILED, text, capacity, error.what());
  } catch (...) {
    return fail(ESPINF_FAILED, text, capacity, "an unknown exception");
  }
}

espinf::Loaded &loaded(espinf_network *network) {
  if (!network->loaded) throw espinf::Failure(ESPINF_FAILED, "the network is not loaded");
  return *network->loaded;
}

}  // namespace

int32_t espinf_open(
  int32_t kind, const char *path, espinf_runtime **runtime, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] {
    *runtime = nullptr;
    *runtime =
      kind == ESPINF_OPENVINO ? espinf::open_openvino(path) : espinf::open_onnxruntime(path);
  });
}

const char *espinf_version(const espinf_runtime *runtime) { return runtime->version.c_str(); }

const char *espinf_file(const espinf_runtime *runtime) { return runtime->file.c_str(); }

espinf_network *espinf_new(const espinf_runtime *runtime) {
  return new (std::nothrow) espinf_network{runtime, {}, nullptr};
}

void espinf_free(espinf_network *network) { delete network; }

int32_t espinf_add_input(
  espinf_network *network, const char *name, int32_t type, const int64_t *sizes, size_t rank,
  const void *bytes, size_t count, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] {
    const auto *first = static_cast<const char *>(bytes);
    network->request.inputs.push_back(
      {name, type, std::vector<int64_t>(sizes, sizes + rank), std::vector<char>(first, first + count)}
    );
  });
}

int32_t espinf_set_input(
  espinf_network *network, size_t index, const void *bytes, size_t count, char *text,
  size_t capacity
) {
  return guarded(text, capacity, [&] {
    espinf::Loaded &ready = loaded(network);
    auto &input = network->request.inputs.at(index);
    if (count != input.bytes.size()) {
      throw espinf::Failure(
        ESPINF_REFUSED, input.name + " was added with " + std::to_string(input.bytes.size()) +
                          " bytes, not " + std::to_string(count)
      );
    }
    const auto *first = static_cast<const char *>(bytes);
    std::copy(first, first + count, input.bytes.begin());
    ready.refresh(input);
  });
}

int32_t espinf_add_output(
  espinf_network *network, const char *name, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] { network->request.outputs.push_back(name); });
}

int32_t espinf_load(
  espinf_network *network, const char *path, int32_t threads, int32_t pins_float32, char *text,
  size_t capacity
) {
  return guarded(text, capacity, [&] {
    network->request.threads = threads;
    network->request.pins_float32 = pins_float32 != 0;
    network->loaded = network->runtime->load(path, network->request);
  });
}

int32_t espinf_run(espinf_network *network, char *text, size_t capacity) {
  return guarded(text, capacity, [&] { loaded(network).run(); });
}

int32_t espinf_output(
  espinf_network *network, size_t index, espinf_array *array, char *text, size_t capacity
) {
  return guarded(text, capacity, [&] { *array = loaded(network).output(index); });
}
