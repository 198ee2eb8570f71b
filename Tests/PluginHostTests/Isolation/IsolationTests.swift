import Foundation
import PluginHost
import PluginKit
import Processes
import TestSupport
import Testing

/// Plugins in processes of their own answer as they do in this one, and their faults are errors.
@Suite(.requiresCompiler, .requiresProgram)
struct IsolationTests {
  private static let groups = [("first", 6), ("second", 9)].map { (name: $0.0, channels: $0.1) }

  private func registry(
    _ workshop: Workshop,
    deadline: Double = 20
  ) -> PluginRegistry {
    workshop.registry {
      $0.isolation = .always
      $0.workerProgram = BuiltProgram.path("espalier")
      $0.deadline = deadline
    }
  }

  private static let scoring = """
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    #include "espalier_plugin.h"
    static const esp_host *h_;
    static esp_status make(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
      h_ = h; *self = (void *)h; return 0;
    }
    static esp_status score(void *self, esp_call *call, const esp_pruning_host *p, uint32_t group, double *out, uint64_t n) {
      esp_tensor_view v = {sizeof v};
      esp_group g = {sizeof g};
      int status = p->weight(call, group, 0, &v);
      if (status || (status = p->group(call, group, &g))) return status;
      FAULT
      double importance[64];
      if ((status = p->importance(call, group, importance, n))) return status;
      for (uint64_t k = 0; k < n; ++k) out[k] = ((float *)v.data)[k] / 3.0 + importance[k] + g.macs + p->seed;
      h_->log(h_, 2, (esp_str){"scored", 6});
      return 0;
    }
    static esp_status plan_(void *self, esp_call *call, const esp_pruning_host *p) {
      int64_t channels[2] = {1, 3};
      esp_cut cut = {1, ESP_CUT_RATIO, 0.5, 0, 0};
      esp_plan plan = {&cut, 1};
      esp_cost cost;
      int status = p->cost(call, &plan, 1, &cost);
      if (status) return status;
      if ((status = p->set_channels(call, 0, channels, 2))) return status;
      return p->set_ratio(call, 1, 1.0 / (3 + cost.macs % 5));
    }
    #define CREATE make
    #define SCORE score
    #define PLAN plan_
    """

  private func workshop(fault: String = "") throws -> Workshop {
    let workshop = try Workshop()
    try workshop.plugin(Self.scoring.replacing("FAULT", with: fault))
    return workshop
  }

  @Test func `a pruner plans and scores the same bits`() throws {
    let workshop = try workshop()
    let model = SmallModel(Self.groups)
    let own = try workshop.registry().pruner(named: "org.example.strategy")
    let other = try registry(workshop).pruner(named: "org.example.strategy")
    #expect(try other.plan(for: model) == own.plan(for: model))
    for group in model.groups {
      let (a, b) = (
        try own.scorer?.score(group, of: model), try other.scorer?.score(group, of: model)
      )
      #expect(a?.map(\.bitPattern) == b?.map(\.bitPattern))
    }
    #expect(workshop.log.all.filter { $0.contains("scored") }.count == 4)
  }

  @Test func `a plugin signed by a key that the user took runs there too`() throws {
    let workshop = try Workshop()
    try workshop.plugin()
    let manifest = workshop.plugins + "/org.example.plugin.manifest.json"
    let (key, keys) = (SecretKey(), workshop.path + "/trusted-keys")
    let signature = key.sign(Array(try Data(contentsOf: URL(filePath: manifest))))
    try Data(signature.text.utf8).write(to: URL(filePath: manifest + ".sig"))
    unsafe chmod(manifest + ".sig", 0o644)
    let registry = workshop.registry {
      $0.isolation = .always
      $0.workerProgram = BuiltProgram.path("espalier")
      $0.keyPaths = [keys]
    }
    #expect(throws: PluginHostError.self) { try registry.pruner(named: "org.example.strategy") }
    try TrustedKeys.add(key.publicKey, name: "vendor", to: keys)
    let trusting = workshop.registry {
      $0.isolation = .always
      $0.workerProgram = BuiltProgram.path("espalier")
      $0.keyPaths = [keys]
    }
    let plan = try trusting.pruner(named: "org.example.strategy").plan(
      for: SmallModel(Self.groups)
    )
    #expect(!plan.cuts.isEmpty)
  }

  @Test func `no code of an isolated plugin runs here`() throws {
    let marker = "/tmp/espalier-marker-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    defer { unsafe unlink(marker) }
    let workshop = try Workshop()
    let early =
      "#include <unistd.h>\n__attribute__((constructor)) static void early(void) { if (getpid() == \(getpid())) _exit(9); }"
    try workshop.plugin(early)
    _ = try registry(workshop).pruner(named: "org.example.strategy").plan(
      for: SmallModel(Self.groups)
    )
    let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
    #expect(!maps.contains(workshop.path))
  }

  @Test(arguments: [
    ("*(volatile int *)8 = 1;", "SIGSEGV"), ("abort();", "SIGABRT"),
    ("_exit(0);", "it called _exit"),
  ])
  func `16: a crash is an error with signal and place, and the next call has a new process`(
    fault: String,
    tells: String
  ) throws {
    let workshop = try workshop(fault: "if (n == 9) { \(fault) }")
    let model = SmallModel(Self.groups)
    let scorer = try registry(workshop).scorer(named: "org.example.strategy")
    let first = try scorer.score(model.groups[0], of: model)
    let error = #expect(throws: PluginError.self) {
      _ = try scorer.score(model.groups[1], of: model)
    }
    #expect(error?.message.contains(tells) == true, "\(String(describing: error))")
    #expect(error?.origin?.plugin == "org.example.plugin")
    #expect(error?.origin?.layer == "second")
    #expect(try scorer.score(model.groups[0], of: model) == first)
  }

  @Test func `17: a hang ends at its deadline`() throws {
    let workshop = try workshop(fault: "for (;;) pause();")
    let model = SmallModel(Self.groups)
    let scorer = try registry(workshop, deadline: 1).scorer(named: "org.example.strategy")
    let error = #expect(throws: PluginError.self) {
      _ = try scorer.score(model.groups[0], of: model)
    }
    #expect(error?.code == .deadline)
    #expect(error?.message.contains("score") == true, "\(String(describing: error))")
  }

  @Test func `18: memory without end is an error`() throws {
    let workshop = try workshop(
      fault: "for (;;) { char *m = malloc(1 << 26); if (m) memset(m, 1, 1 << 26); }"
    )
    let model = SmallModel(Self.groups)
    let error = #expect(throws: PluginError.self) {
      _ = try registry(workshop).scorer(named: "org.example.strategy")
        .score(model.groups[0], of: model)
    }
    #expect(error?.code == .outOfMemory, "\(String(describing: error))")
  }

  /// A model that wants its strategies to stop after a while.
  private final class Impatient: PruningContext {
    let small = SmallModel(IsolationTests.groups)
    private let begin = ContinuousClock.now
    var groups: [PruningGroup] { small.groups }
    var shouldStop: Bool { ContinuousClock.now - begin > .milliseconds(200) }
    func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
      try small.weight(member, of: group)
    }
    func importance(of group: PruningGroup) throws(PluginError) -> [Double] {
      try small.importance(of: group)
    }
    func model() throws(PluginError) -> [UInt8] { [] }
    func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] {
      try small.cost(of: plans)
    }
  }

  @Test func `a plugin at work sees that the host wants it to stop`() throws {
    let workshop = try workshop(
      fault:
        "while (!h_->should_stop(call)) usleep(1000); return h_->fail(h_, call, 1, (esp_str){\"stopped\", 7});"
    )
    let model = Impatient()
    let error = #expect(throws: PluginError.self) {
      _ = try registry(workshop).scorer(named: "org.example.strategy")
        .score(model.groups[0], of: model)
    }
    #expect(error?.code == .cancelled)
    #expect(error?.message == "stopped")
  }

  @Test func `a plugin that cannot be loaded there is refused with its own words`() throws {
    let workshop = try Workshop()
    try workshop.plugin("#define VERSION {sizeof(esp_version), 9, 0, 0}")
    let error = #expect(throws: PluginHostError.self) {
      _ = try registry(workshop).pruner(named: "org.example.strategy")
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("ESP-P702"))
  }

  @Test func `13: casts hold after a Swift plugin was shut down and another loaded`() throws {
    guard BuiltIns.has("Fixed"), BuiltIns.has("Quantize") else { return }
    let first = BuiltIns.registry()
    _ = try first.pruner(named: "uniform")
    first.shutDown()
    let second = BuiltIns.registry()
    let quantizer: Any = try second.quantizer(named: "post")
    for _ in 0..<1000 {
      #expect(quantizer is any Quantizer)
      #expect(!(quantizer is any Pruner))
    }
    second.shutDown()
  }
}
