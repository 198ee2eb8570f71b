import Files
import FoundationEssentials
import Packaging
import PluginHost
import PluginKit
import Testing

/// What a compiler wrote down of C functions: manifests are held against it, and drafted from it.
///
/// The case 25 of the conformance list.
@Suite(.requiresCompiler)
struct DebugInfoTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func refusal(
    _ source: String,
    _ manifest: String,
    flags: [String] = ["-g"]
  ) throws -> Refusal? {
    try workshop.compile(source, flags: flags)
    try workshop.write(
      FunctionManifest.manifest(manifest, sha256: workshop.hash(of: "plugin.so")),
      to: "org.example.function.manifest.json"
    )
    return workshop.refusal(of: "org.example.function") { $0.allowsUnvalidated = true }
  }

  @Test(arguments: [
    ("double l2(const float *w, long n) { return n; }", nil),
    (
      "typedef const float *weights; typedef long count;\ndouble l2(weights w, const count n) { return n; }",
      nil
    ),
    ("double l2(const float *w, unsigned long n) { return n; }", nil),
    ("double l2(const void *w, long n) { return n; }", nil),
    ("double l2(const float *w) { return 0; }", "takes 1 arguments, the manifest has 2"),
    (
      "double l2(const float *w, long n, double p) { return n; }",
      "takes 3 arguments, the manifest has 2"
    ),
    ("double l2(const double *w, long n) { return n; }", "\"w\" is f64*, the manifest has f32*"),
    ("double l2(const float *w, int n) { return n; }", "\"n\" is i32, the manifest has i64"),
    ("double l2(const float *w, double n) { return n; }", "\"n\" is f64, the manifest has i64"),
    ("double l2(float w, long n) { return n; }", "\"w\" is f32, the manifest has f32*"),
    ("float l2(const float *w, long n) { return n; }", "it returns f32, the manifest has f64"),
    ("double l2(const float *w, long n, ...) { return n; }", "variadic"),
    (
      "struct s { long a; };\ndouble l2(const float *w, struct s n) { return 0; }",
      "no manifest can describe"
    ),
  ])
  func `25: a signature that contradicts the debug information is refused`(
    source: String,
    problem: String?
  ) throws {
    let found = try refusal(source, FunctionManifest.scorer)
    #expect(found?.code == (problem == nil ? nil : .functionContradicted))
    if let problem {
      #expect(found?.detail.contains(problem) == true, "\(String(describing: found))")
    }
  }

  @Test func `25: an output that points at constants is refused`() throws {
    let manifest = """
      {"symbol": "f", "interface": "esp.pruner/1", "role": "score",
       "args": [{"type": "f32*", "bind": "weight.data"}, {"type": "f64*", "bind": "scores.data"}]}
      """
    #expect(try refusal("void f(const float *w, double *s) {}", manifest) == nil)
    let found = try refusal("void f(const float *w, const double *s) {}", manifest)
    #expect(found?.code == .functionContradicted)
  }

  @Test func `25: without debug information nothing is contradicted`() throws {
    #expect(
      try refusal("double l2(const double *w) { return 0; }", FunctionManifest.scorer, flags: [])
        == nil
    )
    #expect(
      try refusal(
        "double l2(const double *w) { return 0; }",
        FunctionManifest.scorer,
        flags: ["-g", "-s"]
      ) == nil
    )
  }

  private func draft(
    _ source: String,
    _ functions: [String] = [],
    flags: [String] = ["-g"]
  ) throws -> ManifestDraft {
    try workshop.compile(source, to: "libmine.so", flags: flags)
    let library = Array(try Data(contentsOf: URL(filePath: workshop.plugins + "/libmine.so")))
    return try ManifestDraft(of: library, name: "libmine.so", functions: functions)
  }

  @Test func `a drafted manifest is one that the library is loaded by`() throws {
    let draft = try draft(
      """
      #include <math.h>
      double taylor(const float *weight, long n, double power) { return n * power; }
      static void hidden(float *x) {}
      void *keep = hidden;
      """
    )
    #expect(draft.todos == [])
    try workshop.write(draft.json.text, to: "a.manifest.json")
    let registry = workshop.registry { $0.allowsUnvalidated = true }
    let description = try registry.description(of: "org.example.mine")
    #expect(description.parameters.map(\.name) == ["power"])
  }

  @Test func `losses are drafted with their gradient, and both share an id`() throws {
    let draft = try draft(
      """
      float loss(const float *student, const float *teacher, long n) { return 0; }
      int loss_backward(const float *student, const float *teacher, float *grad, long n) { return 0; }
      """
    )
    #expect(draft.todos == [])
    try workshop.write(draft.json.text, to: "a.manifest.json")
    #expect(
      workshop.registry { $0.allowsUnvalidated = true }.interface(of: "org.example.mine")
        == .distill
    )
  }

  @Test func `what names do not say is left to do, and refused until it is done`() throws {
    let draft = try draft("void odd(const float *a, float *b, long n) {}", ["odd"])
    #expect(draft.todos.count == 2)
    #expect(draft.todos[0].contains("\"a\" (f32*)"))
    try workshop.write(draft.json.text, to: "a.manifest.json")
    #expect(workshop.refusal(of: "org.example.mine")?.code == .manifestFunction)
  }

  @Test func `a library without debug information, or without such a function, is said to be one`()
    throws
  {
    #expect(throws: ManifestDraft.Fault.noDebugInfo("libmine.so")) {
      try draft("double l2(const float *w, long n) { return 0; }", flags: [])
    }
    #expect(throws: ManifestDraft.Fault.noFunctions("libmine.so", exported: ["add"])) {
      try draft("int add(int a, int b) { return a + b; }")
    }
    #expect(throws: ManifestDraft.Fault.unknownFunction("ad", nearest: "add")) {
      try draft("int add(int a, int b) { return a + b; }", ["ad"])
    }
  }

  @Test func `any change of any byte of debug information is survived`() throws {
    try workshop.compile(
      "typedef float f; double l2(const f *w, long n) { return n; }",
      flags: ["-g"]
    )
    let original = Array(try Data(contentsOf: URL(filePath: workshop.plugins + "/plugin.so")))
    var random = SeededRandom(seed: 25)
    for _ in 0..<2000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255,
          using: &random
        )
      }
      _ = DebugInfo(bytes)
    }
  }
}
