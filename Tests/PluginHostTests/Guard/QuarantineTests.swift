import PluginHost
import TestSupport
import Testing

/// A build that took the process down once is not loaded again by itself.
@Suite(.requiresCompiler)
struct QuarantineTests {
  private let bench: ProgramBench

  init() throws { bench = try ProgramBench() }

  private var quarantine: Quarantine {
    Quarantine(folder: bench.workshop.path + "/state/espalier/quarantine")
  }

  private static func plan(_ body: String) -> String {
    """
    #include "espalier_plugin.h"
    #include <stdlib.h>
    #include <unistd.h>
    static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { \(body); return p->set_ratio(c, 0, 0.5); }
    #define PLAN plan_
    """
  }

  @Test(arguments: [
    ("*(volatile int *)8 = 1", "ESP-P804", "it crashed: SIGSEGV at address 0x8"),
    ("exit(0)", "ESP-P801", "it called exit, which ends the process"),
    ("for (;;) pause()", "ESP-P805", "it did not return within 200 ms"),
  ])
  func `refuses the build from then on, says why, and lifts it`(
    body: String,
    code: String,
    what: String
  ) throws {
    let options = ["--plugin-deadline", "0.2"]
    let first = try bench.run(Self.plan(body), options)
    #expect(first.status == 4 && first.firstError.contains(code), "\(first.errors)")
    let hash = try bench.workshop.hash(of: "plugin.so")
    let reason = try #require(quarantine.reason(of: hash))
    #expect(reason.code == code && reason.plugin == "org.example.plugin")
    #expect(reason.function == "plan" && reason.what.hasPrefix(what))

    let second = try bench.again(options)
    #expect(second.status == 4)
    #expect(second.firstError.contains("ESP-P310"), "\(second.errors)")
    #expect(second.firstError.contains("in plan, \(what)"), "\(second.errors)")
    #expect(try second.object()["code"] as? String == "ESP-P310")

    // In spite of it, for once: it does the same.
    let third = try bench.again(options + ["--allow-quarantined"])
    #expect(third.errors.contains(code) && !third.errors.contains("ESP-P310"), "\(third.errors)")
    let other = try BuiltProgram.espalier(
      ["plugin", "trust", "org.example.other"],
      environment: bench.environment
    )
    #expect(other.status == 2 && quarantine.reason(of: hash) != nil)
    let lifted = try BuiltProgram.espalier(
      ["plugin", "trust", "org.example.plugin", "--json"],
      environment: bench.environment
    )
    #expect(lifted.status == 0, "\(lifted.errors)")
    let builds = try #require(try lifted.object()["lifted"] as? [[String: String]])
    #expect(builds.map { $0["sha256"] } == [hash])
    #expect(!quarantine.lift(hash))
    #expect(quarantine.reason(of: hash) == nil)
    #expect(try bench.again(options).firstError.contains(code))
  }

  @Test func `plugin info says whether a build was validated, and what it did`() throws {
    let named = ["--plugin", bench.workshop.plugins + "/org.example.plugin.manifest.json"]
    func info(_ more: [String] = []) throws -> Subprocess {
      try BuiltProgram.espalier(
        ["plugin", "info", "org.example.plugin"] + named + more,
        environment: bench.environment
      )
    }
    _ = try bench.run(Self.plan("abort()"))
    let bad = try info()
    #expect(bad.status == 4 && bad.firstError.contains("ESP-P310"), "\(bad.errors)")
    #expect(bad.text.contains("validated   no: it has no record of validation\n"), "\(bad.text)")
    #expect(bad.text.contains("in plan, it crashed: SIGABRT (ESP-P804); `espalier plugin trust "))
    #expect(try info(["--json"]).object()["quarantine"] is String)

    _ = try bench.run(Self.plan(""))
    let checked = try BuiltProgram.espalier(
      ["plugin", "validate", named[1]],
      environment: bench.environment
    )
    #expect(checked.status == 0, "\(checked.text) \(checked.errors)")
    let good = try info()
    #expect(good.text.contains("validated   yes, by this build of Espalier"), "\(good.text)")
    #expect(good.text.contains("quarantine  no\n"), "\(good.text)")
    #expect(try info(["--json"]).object()["validated"] as? Bool == true)
  }

  @Test func `29: another build is another plugin`() throws {
    _ = try bench.run(Self.plan("abort()"))
    let healthy = try bench.run(Self.plan(""))
    #expect(healthy.status == 0, "\(healthy.errors)")
  }

  @Test func `a plain error is no reason`() throws {
    _ = try bench.run(Self.plan("return 13"))
    #expect(try bench.again().firstError.contains("it returned 13"))
  }

  @Test func `what was recorded by hand is what is read`() throws {
    let reason = Quarantine.Reason(
      code: "ESP-P804",
      plugin: "org.example.plugin",
      function: "score",
      layer: "conv=1",
      what: "it crashed: SIGBUS",
      time: 1_700_000_000
    )
    try quarantine.record(reason, of: "abc")
    #expect(quarantine.reason(of: "abc") == reason)
    // date -u -d @1700000000
    #expect(
      "\(reason)"
        == "on 2023-11-14 22:13:20 UTC, in score of \"conv=1\", it crashed: SIGBUS (ESP-P804)"
    )
  }
}
