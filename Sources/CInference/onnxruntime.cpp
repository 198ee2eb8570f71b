// ONNX Runtime by its C interface: a table of functions whose places never change, taken from the library by version.
#include "runtime.h"

namespace {

using espinf::Failure;

/// Pointers to the runtime's own objects; it alone knows what they are.
using Object = void *;

/// What the library's one exported function returns.
struct ApiBase {
  const Object *(*get_api)(uint32_t version);
  const char *(*get_version)();
};

/// Places in the table. They and the signatures are those of version 1, to which later versions only add.
enum Place : size_t {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetGraphOptimizationLevel = 23,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kCreateTensorWithData = 49,
  kIsTensor = 50,
  kGetTensorData = 51,
  kGetElementType = 60,
  kGetDimensionsCount = 61,
  kGetDimensions = 62,
  kGetElementCount = 64,
  kGetTypeAndShape = 65,
  kCreateCpuMemoryInfo = 69,
  kReleaseStatus = 93,
  kReleaseMemoryInfo = 94,
  kReleaseSession = 95,
  kReleaseValue = 96,
  kReleaseTypeAndShape = 99,
  kReleaseSessionOptions = 100,
};

constexpr uint32_t kApiVersion = 1;
constexpr int kLogsErrors = 3;
constexpr int kOptimizesAll = 99;
constexpr int kDeviceAllocator = 0;
constexpr int kDefaultMemory = 0;

/// The table.
struct Api {
  const Object *functions;

  /// Calls a function that returns a status, null for success.
  template <typename... Arguments>
  void call(Place place, Arguments... arguments) const {
    using Function = Object (*)(Arguments...);
    Object status = reinterpret_cast<Function>(functions[place])(arguments...);
    if (!status) return;
    using Message = const char *(*)(Object);
    const std::string text = reinterpret_cast<Message>(functions[kGetErrorMessage])(status);
    release(kReleaseStatus, status);
    throw Failure(ESPINF_REFUSED, text);
  }

  void release(Place place, Object object) const {
    using Function = void (*)(Object);
    if (object) reinterpret_cast<Function>(functions[place])(object);
  }
};

/// An object that is released when its scope ends.
struct Owned {
  const Api &api;
  Place place;
  Object object = nullptr;
  Owned(const Api &api, Place place) : api(api), place(place) {}
  Owned(const Owned &) = delete;
  ~Owned() { api.release(place, object); }
};

/// Bytes of an element by ONNX's number of its type; 0 for types that are not arrays of bytes.
size_t element_size(int type) {
  switch (type) {
    case 2: case 3: case 9: return 1;
    case 4: case 5: case 10: case 16: return 2;
    case 1: case 6: case 12: return 4;
    case 7: case 11: case 13: return 8;
    default: return 0;
  }
}

class Session final : public espinf::Loaded {
 public:
  Session(const Api &api, Object env, const std::string &path, espinf::Request &request)
      : api(api) {
    Owned options(api, kReleaseSessionOptions);
    api.call(kCreateSessionOptions, &options.object);
    api.call(kSetGraphOptimizationLevel, options.object, kOptimizesAll);
    api.call(kSetIntraOpNumThreads, options.object, static_cast<int>(request.threads));
    api.call(kSetInterOpNumThreads, options.object, 1);
    try {
      api.call(
        kCreateSession, env, path.c_str(), static_cast<Object>(options.object), &session
      );
      bind(request);
    } catch (...) {
      release();
      throw;
    }
  }

  ~Session() override { release(); }

  void run() override {
    release_results();
    api.call(
      kRun, session, Object{}, input_names.data(), values.data(), values.size(),
      output_names.data(), output_names.size(), results.data()
    );
  }

  // Values lie over the request's memory.
  void refresh(const espinf::Input &) override {}

  espinf_array output(size_t index) override {
    Object value = results.at(index);
    int is_tensor = 0;
    if (value) api.call(kIsTensor, value, &is_tensor);
    if (!is_tensor) throw Failure(ESPINF_REFUSED, "the output is no tensor");
    Owned info(api, kReleaseTypeAndShape);
    api.call(kGetTypeAndShape, value, &info.object);
    espinf_array array{};
    int type = 0;
    size_t elements = 0;
    api.call(kGetElementType, info.object, &type);
    api.call(kGetElementCount, info.object, &elements);
    api.call(kGetDimensionsCount, info.object, &array.rank);
    if (array.rank > 16) throw Failure(ESPINF_REFUSED, "the output has more than 16 axes");
    api.call(kGetDimensions, info.object, &array.sizes[0], array.rank);
    array.count = elements * element_size(type);
    void *bytes = nullptr;
    api.call(kGetTensorData, value, &bytes);
    array.bytes = bytes;
    return array;
  }

 private:
  void bind(espinf::Request &request) {
    Owned memory(api, kReleaseMemoryInfo);
    api.call(kCreateCpuMemoryInfo, kDeviceAllocator, kDefaultMemory, &memory.object);
    for (auto &input : request.inputs) {
      Object value = nullptr;
      api.call(
        kCreateTensorWithData, memory.object, static_cast<void *>(input.bytes.data()),
        input.bytes.size(), static_cast<const int64_t *>(input.sizes.data()), input.sizes.size(),
        static_cast<int>(input.type), &value
      );
      values.push_back(value);
      input_names.push_back(input.name.c_str());
    }
    for (const auto &name : request.outputs) output_names.push_back(name.c_str());
    results.assign(output_names.size(), nullptr);
  }

  void release_results() {
    for (auto &value : results) {
      api.release(kReleaseValue, value);
      value = nullptr;
    }
  }

  void release() {
    release_results();
    for (auto value : values) api.release(kReleaseValue, value);
    api.release(kReleaseSession, session);
  }

  const Api &api;
  Object session = nullptr;
  std::vector<Object> values, results;
  std::vector<const char *> input_names, output_names;
};

struct Runtime final : espinf_runtime {
  Api api;
  Object env = nullptr;

  explicit Runtime(const char *path) {
    const espinf::Library library(path);
    const auto base = reinterpret_cast<const ApiBase *(*)()>(library.symbol("OrtGetApiBase"));
    file = library.file(reinterpret_cast<const void *>(base));
    version = base()->get_version();
    api.functions = base()->get_api(kApiVersion);
    if (!api.functions) {
      throw Failure(ESPINF_FOREIGN, file + " does not offer version 1 of its interface");
    }
    // Stays as long as the process, as the library does.
    api.call(kCreateEnv, kLogsErrors, "espalier", &env);
  }

  std::unique_ptr<espinf::Loaded> load(
    const std::string &path, espinf::Request &request
  ) const override {
    return std::make_unique<Session>(api, env, path, request);
  }
};

}  // namespace

espinf_runtime *espinf::open_onnxruntime(const char *path) { return new Runtime(path); }
