// Batch norm by the batch's statistics together with the activation that follows it, as one operator:
// espalier::batch_norm_activation. torch's two operators go over the values eleven times in a step of training, this one seven times, and it
// keeps the input alone for the backward pass. It serves 32-bit floats on the CPU with the channels last; all else goes to torch's operators.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <vector>

#include "guard.h"
#include "parallel.h"

#if defined(__x86_64__)
#define ESP_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ESP_CLONES
#endif

namespace espalier {
namespace {

using torch::autograd::variable_list;

// The typed accessors of at::Tensor are instantiated by gcc in libtorch, under names that clang spells otherwise.
template <class Value>
const Value *read(const at::Tensor &tensor) {
  return static_cast<const Value *>(tensor.const_data_ptr());
}
template <class Value>
Value *write(const at::Tensor &tensor) {
  return static_cast<Value *>(tensor.mutable_data_ptr());
}

// Each loop below walks rows of channels in runs: whole rows, at least 64 values, so that few channels fill the vector registers too.
// What belongs to a channel is repeated over the run.

ESP_CLONES void add_moments(
    const float *__restrict x, const float *__restrict shift, int64_t count, int64_t run, float *__restrict sum, float *__restrict square) {
  for (; count > 0; count -= run, x += run) {
    const int64_t n = count < run ? count : run;
    for (int64_t i = 0; i < n; ++i) {
      const float d = x[i] - shift[i];
      sum[i] += d;
      square[i] += d * d;
    }
  }
}

ESP_CLONES void normalize(
    const float *__restrict x, const float *__restrict scale, const float *__restrict offset, float slope, int64_t count, int64_t run,
    float *__restrict y) {
  for (; count > 0; count -= run, x += run, y += run) {
    const int64_t n = count < run ? count : run;
    for (int64_t i = 0; i < n; ++i) {
      const float z = x[i] * scale[i] + offset[i];
      y[i] = z > 0 ? z : z * slope;
    }
  }
}

ESP_CLONES void add_gradients(
    const float *__restrict x, const float *__restrict dy, const float *__restrict scale, const float *__restrict offset,
    const float *__restrict mean, float slope, int64_t count, int64_t run, float *__restrict sum, float *__restrict product) {
  for (; count > 0; count -= run, x += run, dy += run) {
    const int64_t n = count < run ? count : run;
    for (int64_t i = 0; i < n; ++i) {
      const float dz = x[i] * scale[i] + offset[i] > 0 ? dy[i] : dy[i] * slope;
      sum[i] += dz;
      product[i] += dz * (x[i] - mean[i]);
    }
  }
}

ESP_CLONES void input_gradient(
    const float *__restrict x, const float *__restrict dy, const float *__restrict scale, const float *__restrict offset,
    const float *__restrict mean, const float *__restrict constant, const float *__restrict linear, float slope, int64_t count, int64_t run,
    float *__restrict dx) {
  for (; count > 0; count -= run, x += run, dy += run, dx += run) {
    const int64_t n = count < run ? count : run;
    for (int64_t i = 0; i < n; ++i) {
      const float dz = x[i] * scale[i] + offset[i] > 0 ? dy[i] : dy[i] * slope;
      dx[i] = dz * scale[i] - constant[i] - (x[i] - mean[i]) * linear[i];
    }
  }
}

/// How a map of rows is walked: in pieces whose number depends on its size alone, so that sums do not depend on the number of threads.
struct Walk {
  int64_t channels, count, run, piece, pieces;

  Walk(int64_t channels, int64_t count)
      : channels(channels), count(count), run(channels * ((63 + channels) / channels)), piece(run * std::max<int64_t>(1, 32768 / run)),
        pieces((count + piece - 1) / piece) {}

  /// A value a channel, repeated over a run.
  template <class Value>
  std::vector<float> repeated(Value value) const {
    std::vector<float> out(run);
    for (int64_t i = 0; i < run; ++i) out[i] = static_cast<float>(value(i % channels));
    return out;
  }

  /// Runs body(offset, count) on every piece.
  template <class Body>
  void each(Body body) const {
    share(pieces, [&](int64_t first, int64_t last) {
      for (int64_t p = first; p < last; ++p) body(p * piece, std::min(piece, count - p * piece));
    });
  }

  /// Two sums a channel: body(offset, count, sums, others) adds to sums of a run, which hold the values of one piece in floats.
  template <class Body>
  std::pair<std::vector<double>, std::vector<double>> sums(Body body) const {
    std::vector<double> partial(pieces * 2 * channels, 0.0);
    share(pieces, [&](int64_t first, int64_t last) {
      std::vector<float> sums(2 * run);
      for (int64_t p = first; p < last; ++p) {
        std::fill(sums.begin(), sums.end(), 0.0f);
        body(p * piece, std::min(piece, count - p * piece), sums.data(), sums.data() + run);
        double *out = partial.data() + p * 2 * channels;
        for (int64_t i = 0; i < run; ++i) {
          out[i % channels] += sums[i];
          out[channels + i % channels] += sums[run + i];
        }
      }
    });
    std::vector<double> first(channels, 0.0), second(channels, 0.0);
    for (int64_t p = 0; p < pieces; ++p)
      for (int64_t c = 0; c < channels; ++c) {
        first[c] += partial[(p * 2) * channels + c];
        second[c] += partial[(p * 2 + 1) * channels + c];
      }
    return {std::move(first), std::move(second)};
  }
};


struct BatchNormActivation : torch::autograd::Function<BatchNormActivation> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias,
      const at::Tensor &running_mean, const at::Tensor &running_var, double momentum, double eps, double slope) {
    const Walk walk(input.size(1), input.numel());
    const int64_t channels = walk.channels, rows = walk.count / channels;
    const float *x = read<float>(input);
    // Moments about the first row: the variance of values far from zero does not drown.
    const std::vector<float> shift = walk.repeated([&](int64_t c) { return x[c]; });
    auto [sum, square] = walk.sums([&](int64_t at, int64_t n, float *a, float *b) { add_moments(x + at, shift.data(), n, walk.run, a, b); });
    at::Tensor kept = at::empty({4, channels}, input.options().dtype(at::kDouble).memory_format(c10::MemoryFormat::Contiguous));
    double *mean = write<double>(kept), *deviation = mean + channels, *scale = deviation + channels, *offset = scale + channels;
    const float *gain = read<float>(weight), *base = read<float>(bias);
    float *known_mean = write<float>(running_mean), *known_var = write<float>(running_var);
    for (int64_t c = 0; c < channels; ++c) {
      const double about = sum[c] / rows, variance = std::max(0.0, square[c] / rows - about * about);
      mean[c] = shift[c] + about;
      deviation[c] = 1 / std::sqrt(variance + eps);
      scale[c] = gain[c] * deviation[c];
      offset[c] = base[c] - mean[c] * scale[c];
      known_mean[c] += static_cast<float>(momentum * (mean[c] - known_mean[c]));
      known_var[c] += static_cast<float>(momentum * (variance * rows / (rows - 1) - known_var[c]));
    }
    const std::vector<float> a = walk.repeated([&](int64_t c) { return scale[c]; });
    const std::vector<float> b = walk.repeated([&](int64_t c) { return offset[c]; });
    at::Tensor output = at::empty_like(input);
    float *y = write<float>(output);
    walk.each([&](int64_t at, int64_t n) { normalize(x + at, a.data(), b.data(), static_cast<float>(slope), n, walk.run, y + at); });
    context->save_for_backward({input, kept});
    context->saved_data["slope"] = slope;
    return output;
  }

  static variable_list backward(torch::autograd::AutogradContext *context, const variable_list &gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &input = saved[0];
    const Walk walk(input.size(1), input.numel());
    const int64_t channels = walk.channels, rows = walk.count / channels;
    const float slope = static_cast<float>(context->saved_data["slope"].toDouble());
    const double *mean = read<double>(saved[1]), *deviation = mean + channels, *scale = deviation + channels,
                 *offset = scale + channels;
    const at::Tensor gradient = gradients[0].contiguous(c10::MemoryFormat::ChannelsLast);
    const float *x = read<float>(input), *dy = read<float>(gradient);
    const std::vector<float> m = walk.repeated([&](int64_t c) { return mean[c]; });
    const std::vector<float> a = walk.repeated([&](int64_t c) { return scale[c]; });
    const std::vector<float> b = walk.repeated([&](int64_t c) { return offset[c]; });
    auto [sum, product] = walk.sums([&](int64_t at, int64_t n, float *first, float *second) {
      add_gradients(x + at, dy + at, a.data(), b.data(), m.data(), slope, n, walk.run, first, second);
    });
    at::Tensor weight_gradient = at::empty({channels}, gradient.options().memory_format(c10::MemoryFormat::Contiguous));
    at::Tensor bias_gradient = at::empty_like(weight_gradient);
    float *dw = write<float>(weight_gradient), *db = write<float>(bias_gradient);
    for (int64_t c = 0; c < channels; ++c) {
      dw[c] = static_cast<float>(product[c] * deviation[c]);
      db[c] = static_cast<float>(sum[c]);
    }
    at::Tensor made;
    if (context->needs_input_grad(0)) {
      // dx = scale * (dz - mean(dz) - (x - mean) * mean(dz * (x - mean)) / variance)
      const std::vector<float> constant = walk.repeated([&](int64_t c) { return scale[c] * sum[c] / rows; });
      const std::vector<float> linear =
          walk.repeated([&](int64_t c) { return scale[c] * deviation[c] * deviation[c] * product[c] / rows; });
      made = at::empty_like(gradient);
      float *dx = write<float>(made);
      walk.each([&](int64_t at, int64_t n) {
        input_gradient(
            x + at, dy + at, a.data(), b.data(), m.data(), constant.data(), linear.data(), slope, n, walk.run, dx + at);
      });
    }
    return {made, weight_gradient, bias_gradient, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

/// A value a channel, as the loops above read it.
bool is_row(const at::Tensor &tensor, int64_t channels) {
  return tensor.defined() && tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous() &&
         tensor.numel() == channels;
}

bool is_served(const at::Tensor &input) {
  return input.device().is_cpu() && input.scalar_type() == at::kFloat && input.dim() == 4 && input.numel() > input.size(1) &&
         input.is_contiguous(c10::MemoryFormat::ChannelsLast);
}

at::Tensor batch_norm_activation(
    const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias, const at::Tensor &running_mean,
    const at::Tensor &running_var, double momentum, double eps, double slope) {
  const auto is_fit = [&](const at::Tensor &tensor) { return is_row(tensor, input.size(1)); };
  // What does not fit is torch's to refuse.
  if (is_served(input) && is_fit(weight) && is_fit(bias) && is_fit(running_mean) && is_fit(running_var))
    return BatchNormActivation::apply(input, weight, bias, running_mean, running_var, momentum, eps, slope);
  const at::Tensor normal = at::batch_norm(input, weight, bias, running_mean, running_var, true, momentum, eps, false);
  if (slope == 1) return normal;
  return slope == 0 ? at::relu(normal) : at::leaky_relu(normal, slope);
}

}  // namespace
}  // namespace espalier

// The slope is that of a leaky relu: 0 for a plain one, 1 for none.
TORCH_LIBRARY_FRAGMENT(espalier, library) {
  library.def(
      "batch_norm_activation(Tensor input, Tensor weight, Tensor bias, Tensor running_mean, Tensor running_var, float momentum, float eps, "
      "float slope) -> Tensor");
}

TORCH_LIBRARY_IMPL(espalier, CompositeImplicitAutograd, library) {
  library.impl("batch_norm_activation", espalier::batch_norm_activation);
}
