import Glibc
import PluginHost
import PluginKit
import Testing

/// What is left to say when a plugin takes the process down.
@Suite(.requiresCompiler)
struct CrashTests {
  /// Runs a plan whose body is C, in a process of its own, and returns what it wrote.
  private static func crash(_ body: String) throws {
    let workshop = try Workshop()
    try workshop.plugin(
      """
      #include <stdlib.h>
      #include <signal.h>
      #include "espalier_plugin.h"
      static int deep(volatile char *p) { volatile char big[4096]; big[0] = p ? p[0] : 0; return deep(big) + big[0]; }
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { \(body); return 0; }
      #define PLAN plan_
      static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) { \(body); return 0; }
      #define SCORE score_
      """
    )
    let model = SmallModel([("layer.7", 8)])
    let pruner = try workshop.registry().pruner(named: "org.example.strategy")
    if let scorer = pruner.scorer, body.contains("/* score */") {
      _ = try scorer.score(model.groups[0], of: model)
    }
    _ = try pruner.plan(for: model)
  }

  @Test func `names the plugin and the layer of a segmentation fault`() async throws {
    let result = try await #require(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) { try Self.crash("*(volatile int *)8 = 1 /* score */") }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains(
        "ESP-P804 plugin \"org.example.plugin\", function \"score\", layer \"layer.7\": it crashed: SIGSEGV"
      )
    )
  }

  @Test func `names the plugin of an abort`() async throws {
    let result = try await #require(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) { try Self.crash("abort()") }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains(
        "ESP-P804 plugin \"org.example.plugin\", function \"plan\": it crashed: SIGABRT"
      )
    )
  }

  @Test func `16: names the plugin of a stack overflow`() async throws {
    let result = try await #require(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) { try Self.crash("deep(0)") }
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains(
        "ESP-P804 plugin \"org.example.plugin\", function \"plan\": it crashed: SIGSEGV"
      )
    )
  }

  @Test func `says nothing of a crash outside any plugin`() async throws {
    let result = try await #require(
      processExitsWith: .failure,
      observing: [\.standardErrorContent]
    ) {
      let workshop = try Workshop()
      try workshop.plugin()
      _ = try workshop.registry().description(of: "org.example.strategy")
      abort()
    }
    #expect(
      !String(decoding: result.standardErrorContent, as: UTF8.self).contains("ESP-P804")
    )
  }
}
