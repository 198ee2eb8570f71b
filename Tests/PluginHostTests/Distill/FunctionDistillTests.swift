import PluginHost
import PluginKit
import Tensors
import TestSupport
import Testing

/// Losses of plain C functions, through libffi.
@Suite(.requiresCompiler)
struct FunctionDistillTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private static let args = """
    {"type": "f32*", "bind": "student.data", "access": "read"},
    {"type": "f32*", "bind": "teacher.data", "access": "read"},
    {"type": "i64", "bind": "student.numel"}
    """

  private static let forward = """
    {"symbol": "l2", "interface": "esp.distill/1", "role": "forward", "args": [\(args)],
     "returns": {"type": "f64", "meaning": "loss"}}
    """

  private static let backward = """
    {"symbol": "l2_gradient", "interface": "esp.distill/1", "role": "backward",
     "args": [\(args), {"type": "f32*", "bind": "gradient.data", "access": "write"}]}
    """

  private static let source = """
    #include <stdint.h>
    double l2(const float *s, const float *t, int64_t n) {
      double sum = 0;
      for (int64_t k = 0; k < n; ++k) sum += ((double)s[k] - t[k]) * ((double)s[k] - t[k]);
      return sum / n;
    }
    void l2_gradient(const float *s, const float *t, int64_t n, float *g) {
      for (int64_t k = 0; k < n; ++k) g[k] = 2 * (s[k] - t[k]) / n;
    }
    """

  private func write(_ functions: String) throws {
    let hash = try workshop.hash(of: "plugin.so")
    try workshop.write(
      FunctionManifest.manifest(functions, sha256: hash),
      to: "f.manifest.json"
    )
  }

  private func loss(_ settings: [String: ParameterValue] = [:]) throws -> PluginDistillLoss {
    try workshop.registry { $0.allowsUnvalidated = true }
      .distillLoss(named: "org.example.function", settings: settings)
  }

  /// Two pairs, the students recorded and laid out with their channels last.
  private func pairs() throws -> (student: [Map], teacher: [Map], pairs: [DistillPair]) {
    let shapes = [[2, 3, 4, 5], [1, 2, 3, 3]]
    let student = shapes.enumerated().map { Map($1, seed: UInt64(5 + $0)) }
    let teacher = shapes.enumerated().map { Map($1, seed: UInt64(50 + $0)) }
    let pairs = try zip(student, teacher).map {
      DistillPair(
        student: try ATen.one("contiguous", $0.tensor(), MemoryFormat.channelsLast)
          .setRequiresGradient(),
        teacher: try $1.tensor()
      )
    }
    return (student, teacher, pairs)
  }

  @Test func `a forward and a backward function make a loss with gradients`() throws {
    try workshop.compile(Self.source)
    try write("\(Self.forward), \(Self.backward)")
    let (student, teacher, pairs) = try pairs()
    let value = try loss().loss(of: pairs, in: StillMoment())
    let wanted = DistillReference.l2(student, teacher)
    #expect(abs(try value.detached().doubles()[0] - wanted) < 1e-5)
    // The upstream gradient is the host's to multiply.
    try ATen.one("mul", "Scalar", value, 3.0).backward()
    let gradients = DistillReference.gradients(of: DistillReference.l2, student, teacher)
    for (pair, wanted) in zip(pairs, gradients) {
      let found = try #require(try pair.student.gradient).doubles()
      for (a, b) in zip(found, wanted) { #expect(abs(a - 3 * b) < 1e-5) }
    }
  }

  @Test func `a function that fills the gradient needs no other`() throws {
    try workshop.compile(
      """
      #include <stdint.h>
      int32_t both(float *loss, const float *s, const float *t, float *g, const int64_t *shape, int64_t rank, int64_t rows,
                   int32_t pair, uint32_t pairs, int64_t step, uint64_t seed, double power) {
        if (rank != 4 || rows != shape[2] || pairs != 2 || step != 3 || seed != 7 || power != 2.5) return 3;
        if (pair == 0 ? shape[0] != 2 : shape[0] != 1) return 3;
        int64_t n = shape[0] * shape[1] * shape[2] * shape[3];
        double sum = 0;
        for (int64_t k = 0; k < n; ++k) sum += (s[k] - t[k]) * (s[k] - t[k]), g[k] = 2 * (s[k] - t[k]) / n;
        *loss = sum / n;
        return 0;
      }
      """
    )
    try write(
      """
      {"symbol": "both", "interface": "esp.distill/1", "role": "forward",
       "args": [{"type": "f32*", "bind": "loss.data", "access": "write"},
                {"type": "f32*", "bind": "student.data"}, {"type": "f32*", "bind": "teacher.data"},
                {"type": "f32*", "bind": "gradient.data"}, {"type": "i64*", "bind": "student.shape"},
                {"type": "i64", "bind": "student.ndim"}, {"type": "i64", "bind": "student.shape[2]"},
                {"type": "i32", "bind": "pair"}, {"type": "u32", "bind": "pairs"},
                {"type": "i64", "bind": "step"}, {"type": "u64", "bind": "seed"},
                {"type": "f64", "bind": "param:power", "default": 2.5}],
       "returns": {"type": "i32", "meaning": "status"}}
      """
    )
    let (student, teacher, pairs) = try pairs()
    let value = try loss().loss(of: pairs, in: StillMoment())
    #expect(
      abs(try value.detached().doubles()[0] - DistillReference.l2(student, teacher)) < 1e-5
    )
    try value.backward()
    let gradients = DistillReference.gradients(of: DistillReference.l2, student, teacher)
    for (pair, wanted) in zip(pairs, gradients) {
      let found = try #require(try pair.student.gradient).doubles()
      #expect(Distance(of: found, from: wanted).worst < 1e-5)
    }
    let error = #expect(throws: PluginError.self) {
      try loss(["power": .double(1)]).loss(of: pairs, in: StillMoment())
    }
    #expect(error?.message.contains("status 3") == true)
    #expect(error?.origin?.layer == "pair 0")
  }

  @Test func `what a backward function throws stops the backward pass with its text`() throws {
    try workshop.compile(
      """
      #include <stdexcept>
      extern "C" double l2(const float *, const float *, long) { return 1; }
      extern "C" void l2_gradient(const float *, const float *, long, float *) { throw std::runtime_error("no slope"); }
      """,
      cxx: true
    )
    try write("\(Self.forward), \(Self.backward)")
    let value = try loss().loss(of: try pairs().pairs, in: StillMoment())
    let error = #expect(throws: TensorError.self) { try value.backward() }
    #expect("\(String(describing: error))".contains("no slope"))
  }

  @Test(arguments: [
    // Nothing gives a gradient.
    forward,
    // A backward pass of nothing.
    backward,
    // Two losses.
    "\(forward), \(forward)",
    // A loss that nobody hears of.
    forward.replacing("\"meaning\": \"loss\"", with: "\"meaning\": \"status\"")
      .replacing("f64", with: "i32") + ", \(backward)",
    // A gradient that is not filled.
    "\(forward), " + backward.replacing("\"gradient.data\"", with: "\"loss.data\""),
    // The other interface's words.
    "\(forward), " + backward.replacing("\"gradient.data\"", with: "\"scores.data\""),
    "\(forward), " + backward.replacing("\"backward\"", with: "\"score\""),
  ])
  func `refuses functions that make no loss`(functions: String) throws {
    try workshop.compile(Self.source)
    try write(functions)
    let refusal = workshop.refusal(of: "org.example.function") { $0.allowsUnvalidated = true }
    #expect(refusal?.code == .manifestFunction || refusal?.code == .manifestIdentifier)
  }
}
