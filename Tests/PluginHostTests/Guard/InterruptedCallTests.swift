import Foundation
import Glibc
import TestSupport
import Testing

/// Ctrl-C while a plugin is in a call.
@Suite(.requiresCompiler)
struct InterruptedCallTests {
  private let bench: ProgramBench

  init() throws { bench = try ProgramBench() }

  /// Starts the program on a plan, and interrupts it once the plan has begun.
  ///
  /// - Returns: How it ended, and what it said.
  private func interrupt(
    _ plan: String,
    times: Int,
    _ options: [String] = []
  ) throws -> (status: Int32, bySignal: Bool, said: String) {
    try bench.workshop.plugin(
      """
      #include "espalier_plugin.h"
      #include <unistd.h>
      static const esp_host *kept;
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        esp_str begun = {"begun", 5};
        /* The watch looks some times a second who is at work. */
        usleep(300000);
        kept->log(kept, ESP_LOG_WARNING, begun);
        \(plan)
        return p->set_ratio(c, 0, 0.5);
      }
      #define PLAN plan_
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
      """
    )
    let process = Process()
    process.executableURL = URL(filePath: BuiltProgram.path("espalier"))
    process.arguments = bench.arguments.filter { $0 != "--json" } + options
    process.environment = ProcessInfo.processInfo.environment.merging(bench.environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = pipe
    try process.run()
    var said = ""
    for turn in 0...times {
      let wanted = turn == 0 ? "begun" : turn < times ? "waits for the plugin" : "\u{0}"
      while !said.contains(wanted) {
        let data = pipe.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        said += String(decoding: data, as: UTF8.self)
      }
      if turn < times { kill(process.processIdentifier, SIGINT) }
    }
    process.waitUntilExit()
    return (process.terminationStatus, process.terminationReason == .uncaughtSignal, said)
  }

  @Test(arguments: [
    // It asks, and says why it returns.
    "while (!kept->should_stop(c)) usleep(1000); return ESP_E_CANCELLED;",
    // It asks, and returns what it has.
    "while (!kept->should_stop(c)) usleep(1000);",
  ])
  func `reaches a plugin that asks, and ends the work`(plan: String) throws {
    let (status, bySignal, said) = try interrupt(plan, times: 1)
    #expect(status == 130 && !bySignal, "\(status): \(said)")
    #expect(said.contains("interrupted: waits for the plugin to return"), "\(said)")
    #expect(!bench.hasOutput)
  }

  @Test func `a second one ends a plugin that does not ask`() throws {
    let (status, bySignal, said) = try interrupt("for (;;) pause();", times: 2)
    #expect(status == SIGINT && bySignal, "\(status): \(said)")
  }

  @Test func `one alone ends it after the grace`() throws {
    let (status, bySignal, said) = try interrupt(
      "for (;;) pause();",
      times: 1,
      ["--plugin-deadline", "1"]
    )
    #expect(status == 130 && !bySignal, "\(status): \(said)")
    #expect(
      said.contains("it was not stopped by plugin \"org.example.plugin\", function \"plan\""),
      "\(said)"
    )
  }
}
