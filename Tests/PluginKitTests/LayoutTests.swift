import CEspalier
import Testing

/// The layouts of versions as Swift sees them; layout_v1_0.c and its like hold the same for C and C++.
struct LayoutTests {
  @Test func `has the sizes of version 1_0`() {
    unsafe #expect(MemoryLayout<esp_str>.size == 16)
    unsafe #expect(MemoryLayout<esp_value>.size == 24)
    unsafe #expect(MemoryLayout<esp_cut>.size == 32)
    unsafe #expect(MemoryLayout<esp_plan>.size == 16)
    #expect(MemoryLayout<esp_cost>.size == 16)
    #expect(MemoryLayout<esp_version>.size == 16)
  }

  @Test func `has the offsets of version 1_0`() {
    unsafe #expect(MemoryLayout<esp_plugin>.offset(of: \.abi) == 8)
    unsafe #expect(MemoryLayout<esp_plugin>.offset(of: \.strategies) == 72)
    unsafe #expect(MemoryLayout<esp_plugin>.offset(of: \.shutdown) == 80)
    unsafe #expect(MemoryLayout<esp_strategy>.offset(of: \.id) == 8)
    unsafe #expect(MemoryLayout<esp_strategy>.offset(of: \.params) == 96)
    unsafe #expect(MemoryLayout<esp_strategy>.offset(of: \.vtable) == 136)
    unsafe #expect(MemoryLayout<esp_pruner_v1>.offset(of: \.plan) == 8)
    unsafe #expect(MemoryLayout<esp_pruner_v1>.offset(of: \.score) == 16)
    unsafe #expect(MemoryLayout<esp_pruning_host>.offset(of: \.group) == 16)
    unsafe #expect(MemoryLayout<esp_pruning_host>.offset(of: \.set_score) == 96)
    unsafe #expect(MemoryLayout<esp_host>.offset(of: \.log) == 56)
    unsafe #expect(MemoryLayout<esp_host>.offset(of: \.get_extension) == 96)
    unsafe #expect(MemoryLayout<esp_param_spec>.offset(of: \.choices) == 136)
    unsafe #expect(MemoryLayout<esp_tensor_view>.offset(of: \.handle) == 56)
  }

  @Test func `has the sizes and offsets of search spaces since 1_2`() {
    unsafe #expect(MemoryLayout<esp_dimension>.size == 56)
    unsafe #expect(MemoryLayout<esp_dimension>.offset(of: \.low) == 24)
    unsafe #expect(MemoryLayout<esp_dimension>.offset(of: \.labels) == 40)
    unsafe #expect(MemoryLayout<esp_space_host>.size == 64)
    unsafe #expect(MemoryLayout<esp_space_host>.offset(of: \.network) == 40)
    unsafe #expect(MemoryLayout<esp_space_host>.offset(of: \.set_model) == 56)
    #expect(MemoryLayout<esp_space_v1>.size == 40)
    unsafe #expect(MemoryLayout<esp_space_v1>.offset(of: \.decode) == 32)
  }
}
