import PluginHost
import PluginKit
import Testing

/// Plain C functions: the case 25 of the conformance list.
struct FunctionScorerTests {
  private let workshop: Workshop
  private let model = SmallModel([("first", 4), ("second", 3)])

  init() throws { workshop = try Workshop() }

  private func build(_ source: String, _ function: String, cxx: Bool = false) throws {
    try workshop.compile(source, cxx: cxx)
    let hash = try workshop.hash(of: "plugin.so")
    try workshop.write(
      function.replacing("\"sha256\": \"\"", with: "\"sha256\": \"\(hash)\""),
      to: "f.manifest.json"
    )
  }

  private func scorer(_ settings: [String: ParameterValue] = [:]) throws -> any ChannelScorer {
    try workshop.registry { $0.allowsUnvalidated = true }
      .scorer(named: "org.example.function", settings: settings)
  }

  private static let l2 = """
    #include <math.h>
    #include <stdint.h>
    double l2(const float *w, int64_t n) { double s = 0; for (int64_t k = 0; k < n; ++k) s += (double)w[k] * w[k]; return sqrt(s); }
    """

  @Test(.requiresCompiler) func `calls a function once a channel`() throws {
    try build(Self.l2, FunctionManifest.l2)
    // Filter c holds four values of c + 1.
    #expect(try scorer().score(model.groups[0], of: model) == [2, 4, 6, 8])
  }

  @Test(.requiresCompiler) func `is refused until it is validated`() throws {
    try build(Self.l2, FunctionManifest.l2)
    #expect(workshop.refusal(of: "org.example.function")?.code == .unvalidated)
  }

  @Test(.requiresCompiler) func `passes every binding`() throws {
    try build(
      """
      #include <math.h>
      #include <stdint.h>
      #include <string.h>
      int32_t all(const float *w, uint64_t numel, int32_t ndim, const int64_t *shape, int64_t extent, double *out, uint32_t n,
                  int64_t channels, const char *name, uint64_t seed, double power, int8_t shift, const char *mode) {
        if (numel != 16 || ndim != 4 || shape[0] != 4 || shape[1] != 4 || extent != 4 || n != 4 || channels != 4) return 3;
        if (strcmp(name, "first") || seed != 7 || strcmp(mode, "plain")) return 17;
        for (uint32_t k = 0; k < n; ++k) out[k] = pow(fabs(w[k * 4]), power) + shift;
        return 0;
      }
      """,
      FunctionManifest.all
    )
    #expect(try scorer(["power": .double(2)]).score(model.groups[0], of: model) == [-2, 1, 6, 13])
    #expect(try scorer(["shift": .string("0")]).score(model.groups[0], of: model) == [1, 2, 3, 4])
  }

  @Test(.requiresCompiler) func `turns its status and its exceptions into errors with the layer`()
    throws
  {
    try build(
      "extern \"C\" int all(...) { throw 1; }",
      FunctionManifest.all,
      cxx: true
    )
    let error = try #require(throws: PluginError.self) {
      try scorer().score(model.groups[1], of: model)
    }
    #expect(
      error.origin
        == PluginError.Origin(plugin: "org.example.function", function: "all", layer: "second")
    )
    #expect(error.message.hasPrefix("it threw"))
    try build("int all(void) { return 17; }", FunctionManifest.all)
    let status = try #require(throws: PluginError.self) {
      try scorer().score(model.groups[1], of: model)
    }
    #expect(status.code == .numeric)
  }

  @Test(.requiresCompiler) func `refuses a score that is not finite`() throws {
    try build("double l2(void) { return 0.0 / 0.0 * 1e999; }", FunctionManifest.l2)
    #expect(throws: PluginError.self) { try scorer().score(model.groups[0], of: model) }
  }

  @Test(
    .requiresCompiler,
    arguments: [
      ("i8", "-128"), ("i8", "127"), ("u8", "255"), ("i16", "-32768"), ("u16", "65535"),
      ("i32", "-2147483648"), ("u32", "4294967295"), ("i64", "-9007199254740992"),
      ("u64", "9007199254740992"), ("f32", "1.5"), ("f64", "-2.25"),
    ]
  )
  func `25: passes and returns the extremes of each type`(type: String, value: String) throws {
    let names = [
      "i8": "int8_t", "u8": "uint8_t", "i16": "int16_t", "u16": "uint16_t", "i32": "int32_t",
      "u32": "uint32_t", "i64": "int64_t", "u64": "uint64_t", "f32": "float", "f64": "double",
    ]
    let name = try #require(names[type])
    try build(
      "#include <stdint.h>\n\(name) l2(const float *w, \(name) v) { return v; }",
      FunctionManifest.l2
        .replacing(
          "{\"type\": \"i64\", \"bind\": \"weight.numel\"}",
          with: "{\"type\": \"\(type)\", \"bind\": \"param:v\"}"
        )
        .replacing("\"returns\": {\"type\": \"f64\"", with: "\"returns\": {\"type\": \"\(type)\"")
    )
    let scores = try scorer(["v": .string(value)]).score(model.groups[0], of: model)
    #expect(scores == [Double](repeating: try #require(Double(value)), count: 4))
  }

  @Test(.requiresCompiler, arguments: [1, 2, 7, 20, 63])
  func `25: passes any number of arguments`(count: Int) throws {
    let parameters = (0..<count).map { "double p\($0)" }.joined(separator: ", ")
    let sum = (0..<count).map { "p\($0) * \($0 + 1)" }.joined(separator: " + ")
    let arguments = (0..<count)
      .map { "{\"type\": \"f64\", \"bind\": \"param:p\($0)\", \"default\": \($0)}" }
      .joined(separator: ", ")
    try build(
      "double l2(const float *w, \(parameters)) { return \(sum); }",
      FunctionManifest.l2.replacing(
        "{\"type\": \"i64\", \"bind\": \"weight.numel\"}",
        with: arguments
      )
    )
    let expected = Double((0..<count).map { $0 * ($0 + 1) }.reduce(0, +))
    #expect(try scorer().score(model.groups[0], of: model)[0] == expected)
  }

  @Test(.requiresCompiler) func `25: serves many threads with one signature`() async throws {
    try build(Self.l2, FunctionManifest.l2)
    let scorer = try scorer()
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 {
        group.addTask {
          let model = SmallModel([("first", 64)])
          return (0..<50).allSatisfy { _ in
            (try? scorer.score(model.groups[0], of: model))?.last == 128
          }
        }
      }
      for await right in group { #expect(right) }
    }
  }

  @Test(.requiresCompiler) func `adds up producers by their shares`() throws {
    try build(Self.l2, FunctionManifest.l2)
    let model = TwoProducers()
    // [1, 3] / 2 and [30, 10] / 20
    let scores = try scorer().score(model.groups[0], of: model)
    #expect(scores == [0.5 + 1.5, 1.5 + 0.5])
  }

  @Test(arguments: [
    ("\"f32*\"", "\"f16*\"", "the type \"f16*\" is not one of"),
    ("\"f32*\"", "\"long double\"", "the type \"long double\""),
    ("\"f32*\"", "\"...\"", "the type \"...\""),
    ("\"f32*\"", "\"f64*\"", "\"weight.data\" cannot be passed as f64*"),
    ("\"weight.numel\"", "\"weight.count\"", "nothing is called \"weight.count\""),
    ("\"weight.numel\"", "\"weight.shape[9]\"", "nothing is called"),
    ("\"access\": \"read\"", "\"access\": \"write\"", "the access of \"weight.data\" is \"read\""),
    ("\"weight.numel\"", "\"scores.numel\"", "returns the score and takes no scores"),
    ("\"score_channel\"", "\"mask\"", "the role \"mask\""),
    ("\"score_channel\"", "\"score\"", "0 arguments are bound to \"scores.data\""),
    ("\"f64\", \"meaning\"", "\"cstr\", \"meaning\"", "it cannot return \"cstr\""),
    ("\"meaning\": \"score\"", "\"meaning\": \"other\"", "\"meaning\" of \"returns\""),
    (
      "\"bind\": \"weight.numel\"", "\"bind\": \"param:p\", \"default\": 3, \"min\": 4",
      "outside its own rules"
    ),
    ("\"bind\": \"weight.numel\"", "\"bind\": \"param:p\", \"default\": \"x\"", "does not fit i64"),
    (
      "\"weight.data\", \"access\": \"read\"", "\"weight.shape\"",
      "\"weight.shape\" cannot be passed as f32*"
    ),
    ("\"returns\"", "\"require\": {\"device\": \"cuda\"}, \"returns\"", "only device \"cpu\""),
  ])
  func `refuses a declaration with one thing wrong`(
    old: String,
    new: String,
    message: String
  ) throws {
    let error = try #require(throws: Refusal.self) {
      try Manifest(
        bytes: Array(FunctionManifest.l2.replacing(old, with: new).utf8),
        path: "/x",
        isBuiltIn: false
      )
    }
    #expect(error.code == .manifestFunction)
    #expect(error.detail.contains(message), "\(error.detail)")
  }

  /// A function that fills the scores of all channels.
  private func filling(_ body: String, as type: String) throws -> any ChannelScorer {
    try build(
      "#include <stdint.h>\nvoid f(const float *w, void *out, int64_t n) { \(body) }",
      FunctionManifest.manifest(
        """
        {"symbol": "f", "interface": "esp.pruner/1", "role": "score",
         "args": [{"type": "f32*", "bind": "weight.data", "access": "read"},
                  {"type": "\(type)*", "bind": "scores.data", "access": "write"},
                  {"type": "i64", "bind": "scores.numel"}]}
        """
      )
    )
    return try scorer()
  }

  @Test(
    .requiresCompiler,
    arguments: [
      ("", "f64", 0), ("", "f32", 0),
      ("for (int k = 0; k < n / 2; ++k) ((double *)out)[k] = k;", "f64", 2),
      ("for (int k = 0; k < n - 1; ++k) ((float *)out)[k] = k;", "f32", 3),
      // Floats where the manifest says doubles: half of the room stays as it was.
      ("for (int k = 0; k < n; ++k) ((float *)out)[k] = k + 1;", "f64", 2),
      ("((double *)out)[1] = 1 / 0.0;", "f64", 0),
    ]
  )
  func `19: scores that a function does not write choose nothing`(
    body: String,
    type: String,
    first: Int
  ) throws {
    let scorer = try filling(body, as: type)
    let error = try #require(throws: PluginError.self) {
      try scorer.score(model.groups[0], of: model)
    }
    #expect(error.code == .numeric)
    #expect(error.message == "the score of channel \(first) is NaN, or was not written")
    #expect(
      error.origin == .init(plugin: "org.example.function", function: "f", layer: "first")
    )
  }

  @Test func `refuses two arguments bound to one output`() throws {
    let twice = FunctionManifest.all.replacing(
      "{\"type\": \"u32\", \"bind\": \"scores.numel\"}",
      with: "{\"type\": \"f64*\", \"bind\": \"scores.data\", \"access\": \"write\"}"
    )
    let error = try #require(throws: Refusal.self) {
      try Manifest(bytes: Array(twice.utf8), path: "/x", isBuiltIn: false)
    }
    #expect(error.detail.contains("2 arguments are bound to \"scores.data\""))
  }
}

/// Two convolutions that are added up; the second holds its channels along axis 1.
private final class TwoProducers: PruningContext {
  let groups = [
    PruningGroup(
      index: 0,
      name: "a",
      op: "Conv",
      channels: 2,
      roles: .residual,
      members: [
        PruningMember(index: 0, name: "a", op: "Conv", kind: .producer, axis: 0, rank: 2, count: 2),
        PruningMember(index: 1, name: "b", op: "Gemm", kind: .producer, axis: 1, rank: 2, count: 2),
      ]
    )
  ]

  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    member == 0
      ? WeightView([1, 0, 0, 3], shape: [2, 2]) : WeightView([30, 0, 0, 10], shape: [2, 2])
  }
  func importance(of group: PruningGroup) throws(PluginError) -> [Double] { [0, 0] }
  func model() throws(PluginError) -> [UInt8] { [] }
  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] { [] }
}

@available(*, unavailable)
extension TwoProducers: Sendable {}
