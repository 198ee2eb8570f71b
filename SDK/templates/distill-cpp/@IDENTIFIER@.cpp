// A loss of distillation: the mean of squared differences, times a scale.
#include <memory>
#include <vector>

#include "plugin.hpp"

namespace {

// The differences of each pair, which the backward pass needs.
using Saved = std::vector<std::vector<float>>;

struct Loss {
  double scale;

  std::unique_ptr<Saved> forward(const esp_tensor_view *student, const esp_tensor_view *teacher, uint32_t n, const esp_tensor_view &loss) const {
    auto saved = std::make_unique<Saved>(n);
    double sum = 0;
    for (uint32_t pair = 0; pair < n; ++pair) {
      const int64_t elements = count(student[pair]);
      if (elements != count(teacher[pair])) throw std::invalid_argument("student and teacher differ in size");
      auto &differences = (*saved)[pair];
      differences.resize(static_cast<size_t>(elements));
      double part = 0;
      for (int64_t k = 0; k < elements; ++k) {
        const float difference = data(student[pair])[k] - data(teacher[pair])[k];
        differences[static_cast<size_t>(k)] = difference;
        part += static_cast<double>(difference) * difference;
      }
      sum += part / static_cast<double>(elements);
    }
    *data(loss) = static_cast<float>(scale * sum);
    return saved;
  }

  // d loss / d student = 2 scale (student - teacher) / n, times what the loss itself is derived by.
  void backward(const Saved &saved, float outer, const esp_tensor_view *gradients, uint32_t n) const {
    for (uint32_t pair = 0; pair < n; ++pair) {
      const auto &differences = saved[pair];
      const auto factor = static_cast<float>(2 * scale * outer / static_cast<double>(differences.size()));
      for (size_t k = 0; k < differences.size(); ++k) data(gradients[pair])[k] = factor * differences[k];
    }
  }
};

const esp_distill_v1 vtable{
    sizeof(esp_distill_v1), 0, nullptr,
    [](void *self, esp_call *call, const esp_exec *, const esp_distill_host *, const esp_tensor_view *student, const esp_tensor_view *teacher,
       uint32_t n, const esp_tensor_view *loss, void **saved) {
      return guarded(call, [&] { *saved = static_cast<Loss *>(self)->forward(student, teacher, n, *loss).release(); });
    },
    [](void *self, esp_call *call, const esp_exec *, void *saved, const esp_tensor_view *grad_loss, const esp_tensor_view *gradients, uint32_t n) {
      return guarded(call, [&] { static_cast<Loss *>(self)->backward(*static_cast<Saved *>(saved), *data(*grad_loss), gradients, n); });
    },
    [](void *, void *saved) { delete static_cast<Saved *>(saved); }, nullptr};

}  // namespace

extern "C" const esp_plugin *esp_plugin_entry_v1(const esp_host *given) {
  return plugin<Loss>(given, "@ID@", ESP_DISTILL_V1, "@NAME@", "@DOC@",
                      number("scale", "What the loss is multiplied by.", 1.0, 0.001, 1000.0), &vtable);
}
