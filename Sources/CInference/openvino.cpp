// OpenVINO by its C interface. Only what has the same form in every release since 2022 is called; element types, whose numbers
// changed, never cross: the network's own input arrays are filled.
#include <cstring>

#include "runtime.h"

namespace {

using espinf::Failure;
using Object = void *;
using Status = int;

struct Shape {
  int64_t rank;
  int64_t *sizes;
};
struct Dimension {
  int64_t least, greatest;
};
struct PartialShape {
  Dimension rank;
  Dimension *sizes;
};
struct Version {
  const char *build;
  const char *description;
};

/// The functions that are used, with the names that the library gives them.
struct Api {
  Status (*get_openvino_version)(Version *);
  void (*version_free)(Version *);
  const char *(*get_error_info)(Status);
  Status (*core_create)(Object *);
  Status (*core_read_model)(Object core, const char *path, const char *weights, Object *model);
  Status (*core_compile_model)(
    Object core, Object model, const char *device, size_t arguments, Object *compiled, ...
  );
  Status (*compiled_model_create_infer_request)(Object compiled, Object *request);
  void (*compiled_model_free)(Object);
  bool (*model_is_dynamic)(Object);
  Status (*model_reshape)(Object model, const char **names, const PartialShape *, size_t count);
  void (*model_free)(Object);
  Status (*infer_request_get_tensor)(Object request, const char *name, Object *tensor);
  Status (*infer_request_infer)(Object request);
  void (*infer_request_free)(Object);
  Status (*tensor_set_shape)(Object tensor, Shape);
  Status (*tensor_get_shape)(Object tensor, Shape *);
  Status (*tensor_get_byte_size)(Object tensor, size_t *);
  Status (*tensor_data)(Object tensor, void **);
  void (*tensor_free)(Object);
  Status (*shape_free)(Shape *);
  /// Of releases from 2023 on; null before.
  const char *(*get_last_err_msg)();
  void (*free)(const char *);

  explicit Api(const espinf::Library &library) {
    const auto take = [&](auto &function, const char *name, bool is_needed = true) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(
        library.symbol(name, is_needed)
      );
    };
    take(get_openvino_version, "ov_get_openvino_version");
    take(version_free, "ov_version_free");
    take(get_error_info, "ov_get_error_info");
    take(core_create, "ov_core_create");
    take(core_read_model, "ov_core_read_model");
    take(core_compile_model, "ov_core_compile_model");
    take(compiled_model_create_infer_request, "ov_compiled_model_create_infer_request");
    take(compiled_model_free, "ov_compiled_model_free");
    take(model_is_dynamic, "ov_model_is_dynamic");
    take(model_reshape, "ov_model_reshape");
    take(model_free, "ov_model_free");
    take(infer_request_get_tensor, "ov_infer_request_get_tensor");
    take(infer_request_infer, "ov_infer_request_infer");
    take(infer_request_free, "ov_infer_request_free");
    take(tensor_set_shape, "ov_tensor_set_shape");
    take(tensor_get_shape, "ov_tensor_get_shape");
    take(tensor_get_byte_size, "ov_tensor_get_byte_size");
    take(tensor_data, "ov_tensor_data");
    take(tensor_free, "ov_tensor_free");
    take(shape_free, "ov_shape_free");
    take(free, "ov_free");
    take(get_last_err_msg, "ov_get_last_err_msg", false);
  }

  void check(Status status, const char *what) const {
    if (status == 0) return;
    std::string text = std::string(what) + ": " + get_error_info(status);
    if (const char *reason = get_last_err_msg ? get_last_err_msg() : nullptr) {
      text += std::string(": ") + reason;
      free(reason);
    }
    throw Failure(ESPINF_REFUSED, text);
  }
};

/// An object that is freed when its scope ends.
struct Owned {
  void (*end)(Object);
  Object object = nullptr;
  explicit Owned(void (*end)(Object)) : end(end) {}
  Owned(const Owned &) = delete;
  ~Owned() {
    if (object) end(object);
  }
};

class Network final : public espinf::Loaded {
 public:
  Network(const Api &api, Object core, const std::string &path, espinf::Request &wanted)
      : api(api),
        wanted(wanted),
        compiled(api.compiled_model_free),
        request(api.infer_request_free) {
    Owned model(api.model_free);
    api.check(
      api.core_read_model(core, path.c_str(), nullptr, &model.object), "the model is not readable"
    );
    if (api.model_is_dynamic(model.object)) fix_sizes(model.object);
    const std::string threads = std::to_string(wanted.threads);
    // Key and value count as two; without the last pair the runtime chooses what float layers compute in.
    api.check(
      api.core_compile_model(
        core, model.object, "CPU", wanted.pins_float32 ? 6 : 4, &compiled.object,
        "INFERENCE_NUM_THREADS", threads.c_str(), "PERFORMANCE_HINT", "LATENCY",
        "INFERENCE_PRECISION_HINT", "f32"
      ),
      "the model does not compile"
    );
    api.check(
      api.compiled_model_create_infer_request(compiled.object, &request.object),
      "the model cannot be executed"
    );
    for (const auto &input : wanted.inputs) fill(input);
  }

  void run() override {
    api.check(api.infer_request_infer(request.object), "the execution failed");
  }

  void refresh(const espinf::Input &input) override { fill(input); }

  espinf_array output(size_t index) override {
    Owned tensor(api.tensor_free);
    const char *name = wanted.outputs.at(index).c_str();
    api.check(api.infer_request_get_tensor(request.object, name, &tensor.object), name);
    Shape shape{};
    api.check(api.tensor_get_shape(tensor.object, &shape), name);
    espinf_array array{};
    array.rank = static_cast<size_t>(shape.rank);
    const bool fits = array.rank <= 16;
    for (size_t axis = 0; fits && axis < array.rank; ++axis) array.sizes[axis] = shape.sizes[axis];
    api.shape_free(&shape);
    if (!fits) throw Failure(ESPINF_REFUSED, "the output has more than 16 axes");
    api.check(api.tensor_get_byte_size(tensor.object, &array.count), name);
    void *bytes = nullptr;
    api.check(api.tensor_data(tensor.object, &bytes), name);
    // The request holds the memory, not this handle.
    array.bytes = bytes;
    return array;
  }

 private:
  void fix_sizes(Object model) {
    std::vector<std::vector<Dimension>> sizes;
    std::vector<const char *> names;
    std::vector<PartialShape> shapes;
    for (const auto &input : wanted.inputs) {
      sizes.emplace_back();
      for (int64_t size : input.sizes) sizes.back().push_back({size, size});
    }
    for (size_t index = 0; index < sizes.size(); ++index) {
      const auto rank = static_cast<int64_t>(sizes[index].size());
      names.push_back(wanted.inputs[index].name.c_str());
      shapes.push_back({{rank, rank}, sizes[index].data()});
    }
    api.check(
      api.model_reshape(model, names.data(), shapes.data(), names.size()),
      "the model does not take the inputs' sizes"
    );
  }

  void fill(const espinf::Input &input) {
    Owned tensor(api.tensor_free);
    const char *name = input.name.c_str();
    api.check(api.infer_request_get_tensor(request.object, name, &tensor.object), name);
    const Shape shape{
      static_cast<int64_t>(input.sizes.size()), const_cast<int64_t *>(input.sizes.data())
    };
    api.check(api.tensor_set_shape(tensor.object, shape), name);
    size_t count = 0;
    api.check(api.tensor_get_byte_size(tensor.object, &count), name);
    if (count != input.bytes.size()) {
      throw Failure(ESPINF_REFUSED, input.name + ": the runtime takes elements of another size");
    }
    void *bytes = nullptr;
    api.check(api.tensor_data(tensor.object, &bytes), name);
    std::memcpy(bytes, input.bytes.data(), count);
  }

  const Api &api;
  const espinf::Request &wanted;
  Owned compiled, request;
};

struct Runtime final : espinf_runtime {
  std::unique_ptr<Api> api;
  Object core = nullptr;

  explicit Runtime(const char *path) {
    const espinf::Library library(path);
    api = std::make_unique<Api>(library);
    file = library.file(reinterpret_cast<const void *>(api->core_create));
    Version found{};
    api->check(api->get_openvino_version(&found), "the library states no version");
    version = found.build ? found.build : "unknown";
    api->version_free(&found);
    // Stays as long as the process, as the library does.
    api->check(api->core_create(&core), "the library does not start");
  }

  std::unique_ptr<espinf::Loaded> load(
    const std::string &path, espinf::Request &request
  ) const override {
    return std::make_unique<Network>(*api, core, path, request);
  }
};

}  // namespace

espinf_runtime *espinf::open_openvino(const char *path) { return new Runtime(path); }
