import PluginHost
import PluginKit
import Tensors
import Testing

/// Where the tensors of a strategy may lie: `device_mask`, on a machine without a GPU.
@Suite(.requiresCompiler)
struct DeviceMaskTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  @Test func `a pruner for CUDA memory alone is refused before it is made, with the cure`() throws {
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      static esp_status never(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        __builtin_trap();
      }
      #define CREATE never
      #define DEVICES ESP_DEVICE_MASK_CUDA
      """
    )
    let error = try #require(throws: PluginHostError.self) {
      _ = try workshop.registry().pruner(named: "org.example.strategy")
    }
    let text = error.description
    #expect(text.contains("CUDA devices only") && text.contains("esp.pruner/1"))
    #expect(text.contains("add the CPU to its device_mask"))
  }

  @Test(arguments: ["0", "ESP_DEVICE_MASK_CPU", "ESP_DEVICE_MASK_CPU | ESP_DEVICE_MASK_CUDA"])
  func `a mask of 0 reads as the CPU, and more devices are no harm`(mask: String) throws {
    try workshop.plugin("#define DEVICES \(mask)")
    _ = try workshop.registry().pruner(named: "org.example.strategy")
  }

  @Test func `a loss for CUDA memory alone is refused on a run on the CPU, and made on another`()
    throws
  {
    try lossPlugin(devices: "ESP_DEVICE_MASK_CUDA")
    let registry = workshop.registry()
    let error = try #require(throws: PluginHostError.self) {
      _ = try registry.distillLoss(named: "org.example.strategy", on: .cpu)
    }
    #expect(error.description.contains("set 'device: cuda'"))
    _ = try registry.distillLoss(named: "org.example.strategy", on: .cuda)
  }

  @Test func `a loss for the CPU alone is made wherever the run computes`() throws {
    try lossPlugin(devices: "ESP_DEVICE_MASK_CPU")
    _ = try workshop.registry().distillLoss(named: "org.example.strategy", on: .cuda)
  }

  @Test func `strategies of the kit say both devices unless they say otherwise`() {
    let plain = StrategyDescription(id: "a", name: "", version: "1", doc: "")
    #expect(plain.devices == .all)
    let narrow = StrategyDescription(id: "a", name: "", version: "1", doc: "", devices: .cpu)
    #expect(narrow.devices == [.cpu])
  }

  private func lossPlugin(devices: String) throws {
    try workshop.compile(
      """
      #include "espalier_distill.h"
      #define S(text) {text, sizeof(text) - 1}
      static char self_;
      static esp_status create(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        *self = &self_;
        return ESP_OK;
      }
      static void destroy(void *self) {}
      static esp_status forward(void *self, esp_call *call, const esp_exec *exec, const esp_distill_host *at, const esp_tensor_view *s,
                                const esp_tensor_view *t, uint32_t n, const esp_tensor_view *loss, void **saved) { return 0; }
      static esp_status backward(void *self, esp_call *call, const esp_exec *exec, void *saved, const esp_tensor_view *up,
                                 const esp_tensor_view *grads, uint32_t n) { return 0; }
      static const esp_distill_v1 vtable = {sizeof vtable, 0, 0, forward, backward, 0, 0};
      static const esp_strategy strategy = {sizeof strategy, 0, S("org.example.strategy"), S(ESP_DISTILL_V1), S("Strategy"), S(""),
                                            S("1.0.0"), \(devices), 0, 0, 0, 0, create, destroy, &vtable};
      static const esp_strategy *const strategies[] = {&strategy};
      static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), ESP_ABI_MAJOR, ESP_ABI_MINOR, 1},
                                        S("org.example.plugin"), S("1.0.0"), S("Fixtures"), strategies, 0};
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { return &plugin; }
      """
    )
    let hash = try workshop.hash(of: "plugin.so")
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so", "sha256": "\(hash)",
       "abi": "esp/1", "strategies": [{"id": "org.example.strategy", "interface": "esp.distill/1"}]}
      """,
      to: "p.manifest.json"
    )
  }
}
