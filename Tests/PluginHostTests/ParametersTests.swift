import PluginHost
import PluginKit
import Testing

/// Hyper-parameters: the case 21 of the conformance list.
struct ParametersTests {
  private static let specs = [
    ParameterSpec(
      name: "ratio",
      kind: .double,
      defaultValue: .double(0.3),
      minimum: .double(0),
      maximum: .double(1),
      isTunable: true,
      alias: "pruned_ratio"
    ),
    ParameterSpec(name: "steps", kind: .int, isRequired: true),
    ParameterSpec(
      name: "mode",
      kind: .string,
      defaultValue: .string("fast"),
      choices: ["fast", "exact"]
    ),
    ParameterSpec(name: "names", kind: .strings, defaultValue: .strings([])),
    ParameterSpec(name: "verbose", kind: .bool),
    ParameterSpec(name: "shares", kind: .doubles, minimum: .double(0), maximum: .double(1)),
  ]

  private func resolve(_ settings: [String: ParameterValue]) throws(ParameterProblem) -> Settings {
    try Self.specs.resolve(settings)
  }

  @Test(arguments: [
    ("steps", ParameterValue.string("7"), ParameterValue.int(7)),
    ("ratio", .string("1e-1"), .double(0.1)),
    ("verbose", .string("True"), .bool(true)),
    ("names", .strings(["1178", "007", "1e3", "true"]), .strings(["1178", "007", "1e3", "true"])),
    ("names", .string("1178"), .strings(["1178"])),
    ("shares", .strings(["0.5", "1"]), .doubles([0.5, 1])),
  ])
  func `words become what the parameter is declared as, and names stay as they are spelled`(
    name: String,
    given: ParameterValue,
    wanted: ParameterValue
  ) throws {
    var settings: [String: ParameterValue] = ["steps": .int(3)]
    settings[name] = given
    #expect(try resolve(settings).values[name] == wanted)
  }

  @Test(arguments: [["0.5", "half"], ["0.5", ""], ["2"]])
  func `a list of words that are no numbers is refused where numbers are wanted`(
    words: [String]
  ) {
    #expect(throws: ParameterProblem.self) {
      try resolve(["steps": .int(3), "shares": .strings(words)])
    }
  }

  @Test func `21: fills in defaults and leaves the rest absent`() throws {
    #expect(
      try resolve(["steps": .int(3)]).values == [
        "ratio": .double(0.3), "steps": .int(3), "mode": .string("fast"), "names": .strings([]),
      ]
    )
  }

  @Test func `reads texts as the type that is declared`() throws {
    let settings = try resolve([
      "steps": .string("5"), "ratio": .string("0.5"), "verbose": .string("true"),
      "names": .string("a, b,c"), "shares": .string("0.1,0.2"),
    ])
    #expect(settings.values["steps"] == .int(5))
    #expect(settings.values["ratio"] == .double(0.5))
    #expect(settings.values["verbose"] == .bool(true))
    #expect(settings.values["names"] == .strings(["a", "b", "c"]))
    #expect(settings.values["shares"] == .doubles([0.1, 0.2]))
  }

  @Test func `21: understands a former name`() throws {
    #expect(try resolve(["steps": .int(1), "pruned_ratio": .int(1)]).values["ratio"] == .double(1))
  }

  @Test(
    arguments: [
      (
        ["steps": .int(1), "ration": .double(0.5)],
        .unknown(
          name: "ration",
          nearest: "ratio",
          known: ["ratio", "steps", "mode", "names", "verbose", "shares"]
        )
      ),
      (["steps": .string("many")], .wrongType(name: "steps", given: "many", wanted: "int")),
      (["steps": .double(1.5)], .wrongType(name: "steps", given: "1.5", wanted: "int")),
      (["steps": .int(1), "ratio": .double(.nan)], .notFinite(name: "ratio")),
      (["steps": .int(1), "ratio": .string("inf")], .notFinite(name: "ratio")),
      (
        ["steps": .int(1), "ratio": .double(1.5)],
        .outOfRange(name: "ratio", given: 1.5, low: 0, high: 1)
      ),
      (
        ["steps": .int(1), "shares": .doubles([0.5, -1])],
        .outOfRange(name: "shares", given: -1, low: 0, high: 1)
      ),
      (
        ["steps": .int(1), "mode": .string("exakt")],
        .notAChoice(name: "mode", given: "exakt", choices: ["fast", "exact"], nearest: "exact")
      ),
      ([:], .missing(name: "steps", doc: "")),
      (
        ["steps": .int(1), "ratio": .int(0), "pruned_ratio": .int(0)],
        .givenTwice(name: "ratio", alias: "pruned_ratio")
      ),
    ] as [([String: ParameterValue], ParameterProblem)]
  )
  func `21: refuses settings with one thing wrong`(
    settings: [String: ParameterValue],
    problem: ParameterProblem
  ) {
    #expect(throws: problem) { try resolve(settings) }
  }

  @Test(arguments: [
    ParameterSpec(name: "", kind: .int),
    ParameterSpec(name: "a", kind: .double, defaultValue: .double(.infinity)),
    ParameterSpec(name: "a", kind: .int, defaultValue: .int(5), maximum: .int(4)),
    ParameterSpec(name: "a", kind: .int, minimum: .int(5), maximum: .int(4)),
    ParameterSpec(name: "a", kind: .double, minimum: .double(.nan)),
    ParameterSpec(name: "a", kind: .int, minimum: .int(0), isTunable: true),
    ParameterSpec(name: "a", kind: .int, defaultValue: .int(0), isRequired: true),
    ParameterSpec(name: "a", kind: .string, defaultValue: .string("x"), choices: ["y"]),
    ParameterSpec(name: "a", kind: .bool, defaultValue: .int(1)),
  ])
  func `21: finds what is wrong with a declaration`(spec: ParameterSpec) {
    #expect(spec.problem != nil)
  }

  @Test func `21: whole bounds hold to the last of 64 bits`() throws {
    let most = 1 << 53
    let spec = Parameter<Int>("count", default: 0, in: -most...most, doc: "A number.").spec
    for number in [most, -most] {
      #expect(try spec.accept(.int(number)) == .int(number))
    }
    for number in [most + 1, -most - 1, .max, .min] {
      #expect(throws: ParameterProblem.self) { try spec.accept(.int(number)) }
    }
  }

  @Test func `21: tells the nearest name and the range in words`() {
    #expect(
      "\(ParameterProblem.unknown(name: "ration", nearest: "ratio", known: []))"
        == "parameter \"ration\" is not known; did you mean \"ratio\"?"
    )
    #expect(
      "\(ParameterProblem.outOfRange(name: "ratio", given: 1.5, low: 0, high: 1))"
        == "parameter \"ratio\" is 1.5, outside [0.0, 1.0]"
    )
  }

  @Test(.requiresCompiler) func `21: refuses a plugin whose default is outside its own range`()
    throws
  {
    let workshop = try Workshop()
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      #define N_PARAMS 1
      #define PARAM_TABLE static const esp_param_spec spec = {sizeof spec, ESP_T_F64, 0, 0, {"ratio", 5}, {0}, {0}, \\
        {ESP_T_F64, 0, {.f = 3}}, {ESP_T_F64, 0, {.f = 0}}, {ESP_T_F64, 0, {.f = 1}}, 0}; \\
        static const esp_param_spec *const params[] = {&spec};
      """
    )
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .parameterMalformed)
    #expect(refusal.detail.contains("\"ratio\" of \"org.example.strategy\""))
  }

  @Test(.requiresCompiler) func `hands over values in the order of the declarations`() throws {
    let workshop = try Workshop()
    try workshop.plugin(
      """
      #include "espalier_plugin.h"
      #define N_PARAMS 2
      #define PARAM_TABLE static const esp_param_spec a = {sizeof a, ESP_T_F64, 0, 0, {"a", 1}}; \\
        static const esp_param_spec b = {sizeof b, ESP_T_STRS, 0, 0, {"b", 1}}; \\
        static const esp_param_spec *const params[] = {&a, &b};
      static char self__; static double got;
      static esp_status create_(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n, void **self) {
        const esp_str *texts = p[1].u.p;
        if (n != 2 || p[0].type != ESP_T_F64 || p[1].type != ESP_T_STRS || p[1].len != 2 || texts[1].len != 3) return 3;
        got = p[0].u.f; *self = &self__;
        return 0;
      }
      #define CREATE create_
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { return p->set_ratio(c, 0, got); }
      #define PLAN plan_
      """
    )
    let pruner = try workshop.registry().pruner(
      named: "org.example.strategy",
      settings: ["b": .string("x,yyy"), "a": .string("0.125")]
    )
    #expect(try pruner.plan(for: SmallModel([("g", 8)])).cuts == ["g": .ratio(0.125)])
  }
}
