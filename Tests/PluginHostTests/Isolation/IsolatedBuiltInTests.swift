import Files
import PluginHost
import PluginKit
import TestSupport
import Tensors
import Testing

/// The built-ins, one of each interface, in processes of their own.
@Suite(.requiresProgram, .requiresBuiltIn("Distill"))
struct IsolatedBuiltInTests {
  private func registries() throws -> (own: PluginRegistry, isolated: PluginRegistry) {
    // As the program itself finds it, without links.
    let folder = try #require(FilePath.resolved(Workshop.packageRoot + "/.build/release"))
    var policy = PluginPolicy(folders: [.init(path: folder, origin: .builtIn)])
    let own = PluginRegistry(policy: policy)
    policy.isolation = .everything
    policy.workerProgram = BuiltProgram.path("espalier")
    return (own, PluginRegistry(policy: policy))
  }

  @Test(arguments: ["l2", "cwd", "fsp", "soft_label", "mimic"])
  func `a loss and its gradient are the same bits`(id: String) throws {
    let (own, isolated) = try registries()
    var numbers = SeededNumbers(11)
    func map(_ shape: [Int]) throws -> Tensor {
      try Tensor(
        (0..<shape.reduce(1, *)).map { _ in Float(numbers.next() >> 40) / 1e7 },
        shape: shape
      )
    }
    let shapes = [[2, 6, 5, 4], [2, 6, 5, 4]]
    let students = try shapes.map { try map($0) }
    let teachers = try shapes.map { try map($0) }
    func answer(_ registry: PluginRegistry) throws -> [UInt32] {
      let loss = try registry.distillLoss(named: id)
      let leaves = try students.map { try $0.detached().setRequiresGradient() }
      let pairs = zip(leaves, teachers).map {
        DistillPair(student: $0, teacher: $1, studentName: "s", teacherName: "t", stride: 8)
      }
      let value = try loss.loss(of: pairs, in: StillMoment()) * Tensor.full([], 0.7)
      let gradients = try Tensor.gradients(of: [value], withRespectTo: leaves)
      return try ([value] + gradients.compactMap(\.self)).flatMap {
        try $0.detached().floats().map(\.bitPattern)
      }
    }
    #expect(try answer(own) == answer(isolated))
    #expect(try own.distillLoss(named: id).taps == isolated.distillLoss(named: id).taps)
  }

  @Test func `a space offers the same networks`() throws {
    let (own, isolated) = try registries()
    let search = StillSearch(SmallModel([(name: "a.w", channels: 8), (name: "b.w", channels: 4)]))
    let (a, b) = (try own.space(named: "width"), try isolated.space(named: "width"))
    let dimensions = try a.dimensions(in: search)
    #expect(try b.dimensions(in: search) == dimensions)
    let start = try a.start(in: search)
    #expect(try b.start(in: search) == start)
    let low = dimensions.map(\.range.lowerBound)
    #expect(try b.network(low, in: search) == a.network(low, in: search))
    #expect(try b.isFeasible(low, in: search) == a.isFeasible(low, in: search))
  }

  @Test(arguments: ["kl", "hist", "mse", "abs_max"])
  func `a quantizer gives the same ranges`(algorithm: String) throws {
    let (own, isolated) = try registries()
    let settings: [String: ParameterValue] = ["algorithm": .string(algorithm)]
    let a = try own.quantizer(named: "post", settings: settings)
    let b = try isolated.quantizer(named: "post", settings: settings)
    let subject = SmallTensors(
      weight: (0..<12).map { Float($0) / 7 - 0.5 },
      shape: [3, 4],
      image: (0..<500).map { Float($0 % 97) / 11 }
    )
    #expect(try a.plan(for: subject) == b.plan(for: subject))
    for tensor in subject.tensors {
      #expect(try a.ranges(of: tensor, in: subject) == b.ranges(of: tensor, in: subject))
    }
  }

  @Test func `a pruner in Swift says of itself what it says here`() throws {
    let (own, isolated) = try registries()
    for id in ["uniform", "sensitivity", "post", "width", "cwd"] {
      #expect(try own.description(of: id) == isolated.description(of: id))
    }
  }
}
