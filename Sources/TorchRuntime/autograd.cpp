// Autograd: gradients, scopes of the calling thread, and backward passes given as a C callback.
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>

#include "guard.h"

/// A mode of the thread; its end puts back what was there.
struct esp_scope {
  virtual ~esp_scope() = default;
};

namespace espalier {
namespace {

using torch::autograd::variable_list;

struct GradScope final : esp_scope {
  c10::AutoGradMode mode;
  explicit GradScope(bool on) : mode(on) {}
};

struct InferenceScope final : esp_scope {
  c10::InferenceMode mode{true};
};

struct AutocastScope final : esp_scope {
  c10::DeviceType type;
  bool enabled;
  c10::ScalarType dtype;

  AutocastScope(c10::DeviceType type, bool on, std::optional<c10::ScalarType> to)
      : type(type),
        enabled(at::autocast::is_autocast_enabled(type)),
        dtype(at::autocast::get_autocast_dtype(type)) {
    at::autocast::set_autocast_enabled(type, on);
    if (to.has_value()) at::autocast::set_autocast_dtype(type, *to);
    at::autocast::increment_nesting();
  }
  ~AutocastScope() override {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(type, enabled);
    at::autocast::set_autocast_dtype(type, dtype);
  }
};

esp_status begin_scope(
    uint32_t kind, int32_t device_type, int32_t dtype, esp_scope **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] {
    switch (kind) {
      case ESP_SCOPE_NO_GRAD: *out = new GradScope(false); break;
      case ESP_SCOPE_ENABLE_GRAD: *out = new GradScope(true); break;
      case ESP_SCOPE_INFERENCE: *out = new InferenceScope(); break;
      case ESP_SCOPE_AUTOCAST:
        *out = new AutocastScope(device(device_type, 0).type(), true, scalar_type(dtype));
        break;
      case ESP_SCOPE_NO_AUTOCAST:
        *out = new AutocastScope(device(device_type, 0).type(), false, std::nullopt);
        break;
      default:
        throw Failure{ESP_E_INVALID_ARGUMENT, "scope kind " + std::to_string(kind) + " is unknown"};
    }
  });
}

void end_scope(esp_scope *scope) {
  try {
    delete scope;
  } catch (...) {  // restoring thread-local flags does not throw; a destructor must not either
  }
}

int32_t is_recording(void) { return c10::GradMode::is_enabled() ? 1 : 0; }

variable_list list(esp_tensor *const *tensors, uint64_t count) {
  variable_list out;
  out.reserve(count);
  for (uint64_t i = 0; i < count; ++i)
    out.push_back(tensors == nullptr ? at::Tensor() : take(tensors[i]));
  return out;
}

esp_status set_requires_grad(esp_tensor *tensor, int32_t on, esp_error_text error) {
  return guarded(error, [&] { take(tensor).set_requires_grad(on != 0); });
}

esp_status gradient(const esp_tensor *tensor, esp_tensor **out, esp_error_text error) {
  *out = nullptr;
  return guarded(error, [&] { *out = give(take(tensor).grad()); });
}

esp_status set_gradient(esp_tensor *tensor, esp_tensor *value, esp_error_text error) {
  return guarded(error, [&] {
    at::Tensor target = take(tensor), gradient = take(value);
    if (gradient.defined() && !gradient.sizes().equals(target.sizes()))
      throw Failure{ESP_E_INVALID_ARGUMENT, "the gradient's shape is not the tensor's"};
    target.mutable_grad() = gradient;
  });
}

esp_status backward(
    esp_tensor *const *tensors, esp_tensor *const *gradients, uint64_t count, esp_flags flags,
    esp_error_text error) {
  return guarded(error, [&] {
    bool create = flags & ESP_GRAD_CREATE_GRAPH;
    torch::autograd::backward(
        list(tensors, count), list(gradients, count), create || (flags & ESP_GRAD_RETAIN_GRAPH),
        create);
  });
}

esp_status grad(
    esp_tensor *const *outputs, esp_tensor *const *grad_outputs, uint64_t output_count,
    esp_tensor *const *inputs, uint64_t input_count, esp_flags flags, esp_tensor **out,
    esp_error_text error) {
  std::fill(out, out + input_count, nullptr);
  return guarded(error, [&] {
    bool create = flags & ESP_GRAD_CREATE_GRAPH;
    variable_list made = torch::autograd::grad(
        list(outputs, output_count), list(inputs, input_count), list(grad_outputs, output_count),
        create || (flags & ESP_GRAD_RETAIN_GRAPH), create, flags & ESP_GRAD_ALLOW_UNUSED);
    for (size_t i = 0; i < made.size() && i < input_count; ++i) out[i] = give(std::move(made[i]));
  });
}

/// A node of the graph whose backward pass is the caller's.
struct CallbackNode final : torch::autograd::Node {
  esp_backward callback;
  void *context;
  std::shared_ptr<Cleanup> cleanup;
  uint64_t input_count;

  std::string name() const override { return "EspalierCallback"; }

  variable_list apply(variable_list &&gradients) override {
    std::vector<esp_tensor *> borrowed(gradients.size()), made(input_count, nullptr);
    for (size_t i = 0; i < gradients.size(); ++i)
      borrowed[i] = gradients[i].defined()
                        ? reinterpret_cast<esp_tensor *>(gradients[i].unsafeGetTensorImpl())
                        : nullptr;
    char text[1024] = "the backward pass of a custom function failed without a message";
    esp_status status = callback(
        context, borrowed.data(), borrowed.size(), made.data(), made.size(),
        esp_error_text{text, sizeof text});
    variable_list out;
    out.reserve(made.size());
    for (esp_tensor *tensor : made)
      out.push_back(
          tensor == nullptr
              ? at::Tensor()
              : at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(
                    impl(tensor))));
    if (status != ESP_OK) throw Failure{status, text};
    return out;
  }
};

esp_status custom_function(
    esp_tensor *const *inputs, uint64_t input_count, esp_tensor *const *outputs,
    uint64_t output_count, esp_backward callback, void *context, esp_deleter deleter,
    esp_tensor **out, esp_error_text error) {
  std::fill(out, out + output_count, nullptr);
  return guarded(error, [&] {
    auto cleanup = std::make_shared<Cleanup>(deleter, context);
    variable_list in = list(inputs, input_count);
    variable_list made;
    for (at::Tensor &tensor : list(outputs, output_count)) made.push_back(tensor.detach());
    bool recording = c10::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(in);
    if (recording) {
      std::shared_ptr<CallbackNode> node(new CallbackNode(), torch::autograd::deleteNode);
      node->callback = callback;
      node->context = context;
      node->cleanup = cleanup;
      node->input_count = input_count;
      node->set_next_edges(torch::autograd::collect_next_edges(in));
      for (at::Tensor &tensor : made) {
        if (at::isFloatingType(tensor.scalar_type()) || at::isComplexType(tensor.scalar_type()))
          torch::autograd::set_history(tensor, node);
        else
          node->add_input_metadata(torch::autograd::Node::undefined_input());
      }
    }
    for (size_t i = 0; i < made.size(); ++i) out[i] = give(std::move(made[i]));
  });
}

}  // namespace

void fill_autograd(esp_ops_v1 &ops) {
  ops.set_requires_grad = set_requires_grad;
  ops.gradient = gradient;
  ops.set_gradient = set_gradient;
  ops.backward = backward;
  ops.grad = grad;
  ops.custom_function = custom_function;
  ops.begin_scope = begin_scope;
  ops.end_scope = end_scope;
  ops.is_recording = is_recording;
}

}  // namespace espalier
