// Scores channels by the energy of their filters, computed on the GPU: one block of threads a channel, on the host's stream.
// A score on a GPU pays where the work on a weight is large; what is to be learned here is how to use the host's stream.
#include <cuda_runtime.h>

#include <cstring>
#include <string>

#include "espalier_ops.h"
#include "espalier_plugin.h"

namespace {

const esp_host *host;

template <class Text>
constexpr esp_str literal(const Text &text) { return {text, sizeof(Text) - 1}; }

esp_status fail(esp_call *call, esp_status code, const std::string &text) {
  return host->fail(host, call, code, {text.data(), text.size()});
}

constexpr int kThreads = 256;

/// out[channel] += the sum of squares of the slices at + channel * block ... of one weight, laid out outer x size x inner.
__global__ void energy(const float *weight, int64_t outer, int64_t size, int64_t inner, int64_t at, int64_t block, double *out) {
  __shared__ double sums[kThreads];
  const int64_t channel = blockIdx.x, slices = block * inner, count = outer * slices;
  double sum = 0;
  for (int64_t k = threadIdx.x; k < count; k += kThreads) {
    const int64_t row = k / slices, place = k % slices;
    const double value = weight[(row * size + at + channel * block) * inner + place];
    sum += value * value;
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (int half = kThreads / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) out[channel] += sums[0];
}

/// Memory of the device that is given back in the stream's order.
struct Buffer {
  void *data = nullptr;
  cudaStream_t stream;
  cudaError_t error;

  Buffer(size_t bytes, cudaStream_t stream) : stream(stream), error(cudaMallocAsync(&data, bytes, stream)) {}
  ~Buffer() { if (data) cudaFreeAsync(data, stream); }
};

/// The stream that the host enqueues its own work on. Work on another would race with it; nothing here waits for the device as a whole.
esp_status currentStream(esp_call *call, cudaStream_t *out) {
  const auto *ops = static_cast<const esp_ops_v1 *>(host->get_extension(host, literal(ESP_OPS_ID)));
  if (!ops) return fail(call, ESP_E_UNIMPLEMENTED, "the host has no runtime");
  char text[256] = "";
  void *stream = nullptr;
  const esp_status status = ops->current_stream(ESP_DEVICE_CUDA, 0, &stream, {text, sizeof text});
  if (status != ESP_OK) return fail(call, ESP_E_UNIMPLEMENTED, std::string("there is no CUDA device here: ") + text);
  *out = static_cast<cudaStream_t>(stream);
  return ESP_OK;
}

esp_status score(void *, esp_call *call, const esp_pruning_host *pruning, uint32_t index, double *out, uint64_t n) {
  cudaStream_t stream;
  if (const esp_status status = currentStream(call, &stream)) return status;
  esp_group group = {};
  group.struct_size = sizeof group;
  if (const esp_status status = pruning->group(call, index, &group)) return status;
  Buffer total(n * sizeof(double), stream);
  cudaError_t error = total.error;
  if (error == cudaSuccess) error = cudaMemsetAsync(total.data, 0, n * sizeof(double), stream);
  for (uint32_t k = 0; k < group.n_members && error == cudaSuccess; ++k) {
    esp_member member = {};
    member.struct_size = sizeof member;
    if (const esp_status status = pruning->member(call, index, k, &member)) return status;
    if (member.kind != ESP_MEMBER_PRODUCER) continue;
    esp_tensor_view view = {};
    view.struct_size = sizeof view;
    if (const esp_status status = pruning->weight(call, index, k, &view)) return status;
    int64_t outer = 1, inner = 1;
    for (int32_t axis = 0; axis < view.ndim; ++axis) {
      if (axis < member.axis) outer *= view.shape[axis];
      if (axis > member.axis) inner *= view.shape[axis];
    }
    const int64_t size = view.shape[member.axis];
    const size_t bytes = static_cast<size_t>(outer * size * inner) * sizeof(float);
    Buffer weight(bytes, stream);
    if ((error = weight.error) != cudaSuccess) break;
    error = cudaMemcpyAsync(weight.data, static_cast<const char *>(view.data) + view.byte_offset, bytes, cudaMemcpyHostToDevice, stream);
    if (error != cudaSuccess) break;
    energy<<<static_cast<unsigned>(member.count), kThreads, 0, stream>>>(
        static_cast<const float *>(weight.data), outer, size, inner, member.at, member.block, static_cast<double *>(total.data) + member.first);
    error = cudaGetLastError();
  }
  if (error == cudaSuccess) error = cudaMemcpyAsync(out, total.data, n * sizeof(double), cudaMemcpyDeviceToHost, stream);
  // The scores are memory of the host's: they must be there when this returns.
  if (error == cudaSuccess) error = cudaStreamSynchronize(stream);
  return error == cudaSuccess ? ESP_OK : fail(call, ESP_E_INTERNAL, std::string("CUDA: ") + cudaGetErrorString(error));
}

esp_status create(const esp_strategy *, const esp_host *, esp_call *, const esp_value *, uint32_t, void **self) {
  static char nothing;
  *self = &nothing;
  return ESP_OK;
}

void destroy(void *) {}

const esp_pruner_v1 functions = {sizeof(esp_pruner_v1), 0, nullptr, score};
const esp_strategy strategy = {
    sizeof(esp_strategy), ESP_S_REENTRANT | ESP_S_DETERMINISTIC, literal("org.example.cuda-energy"), literal(ESP_PRUNER_V1), literal("Energy"),
    literal("Scores channels by their energy, on the GPU."), literal("1.0.0"), ESP_DEVICE_MASK_CPU, nullptr, 0, 0, nullptr, create, destroy,
    &functions};
const esp_strategy *const strategies[] = {&strategy};
const esp_plugin plugin = {
    sizeof(esp_plugin), 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 0}, literal("org.example.cuda-energy"), literal("1.0.0"),
    literal("Example"), strategies, nullptr};

}  // namespace

extern "C" ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *given) {
  host = given;
  return &plugin;
}
