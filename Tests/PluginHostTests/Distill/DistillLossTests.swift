import FoundationEssentials
import PluginHost
import PluginKit
import Tensors
import TestSupport
import Testing

private let builtLibrary: String? = {
  let path = Workshop.packageRoot + "/.build/release/libEspalierDistill.so"
  return FileManager.default.fileExists(atPath: path) ? path : nil
}()

/// A built-in loss, how it is set, and its formula.
struct LossCase: Sendable, CustomTestStringConvertible {
  let id: String
  var settings: [String: ParameterValue] = [:]
  let shapes: [[Int]]
  /// Shapes of the teacher's maps, where they differ.
  let reference: DistillReference.Loss

  var testDescription: String { "\(id) \(settings)" }

  static let all: [LossCase] = [
    LossCase(id: "l2", shapes: [[2, 3, 4, 5], [2, 2, 2, 3]], reference: DistillReference.l2),
    LossCase(
      id: "split",
      settings: ["anchors": .int(2)],
      shapes: [[2, 14, 2, 3], [2, 14, 1, 2]],
      reference: DistillReference.split(anchors: 2)
    ),
    LossCase(
      id: "split",
      settings: ["anchors": .int(1), "threshold": .double(0.7)],
      shapes: [[1, 6, 3, 3]],
      reference: DistillReference.split(anchors: 1, threshold: 0.7)
    ),
    LossCase(
      id: "soft_label",
      settings: ["student_temperature": .double(2), "teacher_temperature": .double(3)],
      shapes: [[2, 5, 2, 2]],
      reference: DistillReference.softLabel(student: 2, teacher: 3)
    ),
    LossCase(
      id: "cwd",
      settings: ["temperature": .double(4)],
      shapes: [[2, 3, 3, 4], [2, 2, 2, 2]],
      reference: DistillReference.cwd(temperature: 4)
    ),
    LossCase(id: "mimic", shapes: [[2, 3, 2, 4]], reference: DistillReference.l2),
    LossCase(
      id: "mimic",
      settings: ["normalize": .bool(true)],
      shapes: [[2, 3, 2, 4]],
      reference: DistillReference.directedMimic
    ),
    LossCase(
      id: "fsp",
      shapes: [[2, 3, 3, 4], [2, 2, 3, 4], [2, 4, 3, 4]],
      reference: DistillReference.fsp
    ),
  ]
}

/// The built-in losses, through the C boundary, against their formulas.
@Suite(.enabled(if: builtLibrary != nil, "libEspalierDistill.so is not built: run make build"))
struct DistillLossTests {
  private let registry: PluginRegistry

  init() throws {
    let workshop = try Workshop()
    try FileManager.default.copyItem(
      atPath: try #require(builtLibrary),
      toPath: workshop.plugins + "/libEspalierDistill.so"
    )
    let manifest = try Data(
      contentsOf: URL(filePath: Workshop.packageRoot + "/Plugins/Distill/manifest.json")
    )
    try workshop.write(String(decoding: manifest, as: UTF8.self), to: "d.manifest.json")
    registry = workshop.registry { policy in
      policy.folders = [.init(path: policy.folders[0].path, origin: .builtIn)]
      policy.allowsUnpinned = true
    }
    for id in registry.strategyIDs { _ = try registry.distillLoss(named: id) }
  }

  @Test(arguments: LossCase.all)
  func `equals its formula, and its gradients the formula's`(test: LossCase) throws {
    let student = test.shapes.enumerated().map { Map($1, seed: UInt64(11 + $0)) }
    let teacher = test.shapes.enumerated().map { Map($1, seed: UInt64(71 + $0)) }
    let loss = try registry.distillLoss(named: test.id, settings: test.settings)
    let tensors = try student.map { try $0.tensor().setRequiresGradient() }
    let pairs = try zip(tensors, teacher).map {
      DistillPair(student: $0, teacher: try $1.tensor(), studentName: "s", teacherName: "t")
    }
    let value = try loss.loss(of: pairs, in: StillMoment())
    #expect(value.rank == 0)
    let wanted = test.reference(student, teacher)
    #expect(abs(try value.detached().doubles()[0] - wanted) < 1e-5 * max(1, abs(wanted)))
    try value.backward()
    let gradients = DistillReference.gradients(of: test.reference, student, teacher)
    for (tensor, wanted) in zip(tensors, gradients) {
      let found = try #require(try tensor.gradient).doubles()
      #expect(Distance(of: found, from: wanted).worst < 1e-5)
    }
  }

  @Test func `brings the larger of two maps to the smaller by its maxima`() throws {
    let loss = try registry.distillLoss(named: "fsp")
    // One channel each: the flow is the mean of the products.
    let large = try Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float], shape: [1, 1, 2, 4])
    let small = try Tensor([10, 100] as [Float], shape: [1, 1, 1, 2])
    let zeros = (try Tensor.full([1, 1, 2, 4], 0), try Tensor.full([1, 1, 1, 2], 0))
    let pairs = [
      DistillPair(student: try large.setRequiresGradient(), teacher: zeros.0),
      DistillPair(student: small, teacher: zeros.1),
    ]
    // Maxima of the halves are 6 and 8: (6 · 10 + 8 · 100) / 2 = 430.
    let value = try loss.loss(of: pairs, in: StillMoment()).detached().doubles()[0]
    #expect(value == 430 * 430)
  }

  @Test(arguments: ["split", "l2", "cwd", "mimic", "soft_label"])
  func `says which maps do not fit together`(id: String) throws {
    let loss = try registry.distillLoss(named: id)
    let student = try Tensor.full([1, 21, 2, 2], 0).setRequiresGradient()
    let pair = DistillPair(
      student: student,
      teacher: try Tensor.full([1, 18, 2, 2], 0),
      studentName: "own",
      teacherName: "other"
    )
    let error = #expect(throws: PluginError.self) {
      try loss.loss(of: [pair], in: StillMoment())
    }
    #expect(error?.message.contains("'own'") == true && error?.message.contains("'other'") == true)
    #expect(error?.origin?.function == "forward_ops")
  }

  @Test func `has the benchmark's weights as defaults, and asks for outputs or features`() throws {
    func made(_ id: String) throws -> PluginDistillLoss { try registry.distillLoss(named: id) }
    #expect(try made("split").provenance.settings.values["weight"] == .double(1000))
    #expect(try made("l2").provenance.settings.values["weight"] == .double(100))
    #expect(try made("split").taps == [.outputs])
    #expect(try made("mimic").taps == [.features])
  }

  @Test func `is no pruner`() throws {
    let error = #expect(throws: PluginHostError.self) { try registry.pruner(named: "l2") }
    guard case .otherInterface("l2", is: .distill, wanted: .pruner)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
