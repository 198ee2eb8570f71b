import Datasets
import Detection
import Files
import Graphs
package import Models
package import PluginHost
import PluginKit
package import Tensors

/// What a step of distillation adds to a task's loss: a teacher, and losses over pairs of values.
///
/// It belongs to the thread that trains.
package final class Distillation {
  /// One loss of the sum.
  struct Term {
    /// How logs and messages name it.
    let name: String
    let loss: PluginDistillLoss
    let weight: Double
    let schedule: [DistillSettings.Stage]
    let pairs: [TapPairing.Pair]
    /// Whether it has been seen to move the student.
    var isAlive = false
  }

  package let teacher: Teacher
  /// Convolutions that are trained along.
  package let adapters: [Adapter]
  /// What the task's own loss is multiplied by.
  package let taskWeight: Double
  /// Values of the student that losses ask for, beside its outputs.
  package let studentTaps: [String]
  /// Outputs of either network that are not compared.
  package let leftOut: [ComparedOutputs.LeftOut]
  private var terms: [Term]
  private let adapterPlaces: [String: Int]
  /// The teacher's outputs, where the task compares with them.
  private let matched: Set<String>

  /// Pairs a student's values with a teacher's.
  ///
  /// - Parameters:
  ///   - settings: the losses, and how the teacher runs.
  ///   - student: the model that is trained.
  ///   - teacher: the model that it is compared with.
  ///   - registry: where losses are found by name.
  ///   - device: where both run.
  ///   - seed: of the run.
  ///   - cache: the folder of the teacher's values, as it is seen from where the program runs.
  ///   - matchesOutputs: whether the task itself compares with the teacher's outputs.
  /// - Throws: ``DistillError``, `StrategyFailure`, ``TrainingError``, ``ComparedOutputs/Missing``.
  package init(
    _ settings: DistillSettings,
    student: Model,
    teacher: Model,
    registry: PluginRegistry,
    device: Device = .cpu,
    seed: UInt64 = 0,
    cache: String? = nil,
    matchesOutputs: Bool = false
  ) throws {
    let (student, teacher) = (try student.computed(), try teacher.computed())
    taskWeight = settings.taskWeight
    let pairing = TapPairing(student: student, teacher: teacher, adapts: settings.adapters)
    var terms: [Term] = []
    for loss in settings.losses {
      terms.append(try Self.term(loss, pairing, registry, device, terms))
    }
    self.terms = terms
    let pairs = terms.flatMap(\.pairs)
    var adapters: [Adapter] = []
    var places: [String: Int] = [:]
    for pair in pairs {
      guard let channels = pair.channels, places[Adapter.name(of: pair)] == nil else { continue }
      places[Adapter.name(of: pair)] = adapters.count
      adapters.append(try Adapter(pair, channels, seed: seed, device: device))
    }
    self.adapters = adapters
    adapterPlaces = places
    let outputs = Set(student.graph.outputs.map(\.name))
    studentTaps = Self.unique(pairs.map(\.student)).filter { !outputs.contains($0) }
    let compared = ComparedOutputs(of: teacher).without(ComparedOutputs(of: student))
    if matchesOutputs { try compared.require() }
    let comparesOutputs = matchesOutputs || pairs.contains { outputs.contains($0.student) }
    leftOut = comparesOutputs ? compared.leftOut : []
    let matched = matchesOutputs ? compared.names : []
    self.matched = Set(matched)
    self.teacher = try Teacher(
      teacher,
      names: Self.unique(matched + pairs.map(\.teacher)),
      device: device,
      precision: settings.precision == .bfloat16 ? .bfloat16 : nil,
      cache: cache
    )
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  private static func term(
    _ settings: DistillSettings.Loss,
    _ pairing: TapPairing,
    _ registry: PluginRegistry,
    _ device: Device,
    _ others: [Term]
  ) throws -> Term {
    let (loss, weight) = try settings.made(by: registry, on: device.kind)
    let same = others.count { $0.loss.provenance.strategy == settings.strategy }
    let name = same == 0 ? settings.strategy : "\(settings.strategy).\(same + 1)"
    let taps: [DistillTap] =
      switch settings.taps {
      case nil: loss.ownTaps
      case .outputs?: [.outputs]
      case .features?: [.features]
      case .named(let pairs)?: pairs.map { .named(student: $0.student, teacher: $0.teacher) }
      }
    let pairs: [TapPairing.Pair]
    do { pairs = try pairing.pairs(of: taps, loss: name) } catch {
      throw settings.taps == nil ? unmet(loss.provenance, error) : error
    }
    return Term(
      name: name,
      loss: loss,
      weight: weight,
      schedule: settings.schedule,
      pairs: pairs
    )
  }

  /// Taps that no network could meet are the fault of the loss where it chose them itself.
  private static func unmet(_ loss: Provenance, _ error: DistillError) -> any Error {
    guard case .unknownValue = error else { return error }
    let origin = PluginError.Origin(plugin: loss.plugin, function: "taps")
    let reason = PluginError(.notFound, "\(error)", origin: origin)
    return StrategyFailure(.plugin(reason), of: loss.strategy)
  }

  /// Which code computes the losses, in their order, with each one's weight.
  package var provenance: [(provenance: Provenance, weight: Double)] {
    terms.map { ($0.loss.provenance, $0.weight) }
  }

  /// What decides the bits, beside the settings of training.
  package var digest: String {
    get throws {
      var text = "\(try teacher.digest) \(taskWeight) \(teacher.names)\n"
      for term in terms {
        // As JSON, whose keys are in order: a dictionary's own order is another in each process.
        let code = JSONValue.object(term.loss.provenance.members).line
        let stages = term.schedule.map(\.stated).joined(separator: ", ")
        let pairs = term.pairs.map(\.stated).joined(separator: ", ")
        text += "\(term.name) \(code) \(term.weight) [\(stages)] [\(pairs)]\n"
      }
      return SHA256.hexadecimal(of: Array(text.utf8).span)
    }
  }

  /// What the task compares with, among the teacher's values.
  func outputs(_ values: [String: Tensor]) -> [String: Tensor] {
    values.filter { matched.contains($0.key) }
  }

  /// The task's loss with the losses of this step added to it.
  ///
  /// - Parameters:
  ///   - task: the task's own loss; nil where it is left out.
  ///   - student: the student's outputs and taps, 32-bit floats, recorded.
  ///   - teacher: the teacher's values.
  ///   - moment: where training is.
  /// - Returns: the sum, and every loss as a term.
  /// - Throws: ``DistillError`` with the loss's name.
  func loss(
    adding task: TaskLoss?,
    _ student: [String: Tensor],
    _ teacher: [String: Tensor],
    _ moment: DistillMoment
  ) throws -> TaskLoss {
    var result = TaskLoss(total: try Tensor.full([], 0), terms: task?.terms ?? [])
    var total = try task.map { try Self.scaled($0.total, by: taskWeight) }
    for index in terms.indices {
      let term = terms[index]
      let factor = term.weight * DistillSettings.factor(term.schedule, at: moment.step)
      guard factor > 0 else { continue }
      let pairs = try pairs(of: term, student, teacher)
      let value: Tensor
      do {
        value = try term.loss.loss(of: pairs, in: moment)
        if !term.isAlive { try requireLife(of: index, value, pairs) }
      } catch let error as DistillError {
        throw error
      } catch {
        throw failure(of: term, error)
      }
      result.terms.append((name: term.name, value: try value.detached()))
      let weighed = try Self.scaled(value, by: factor)
      total = try total.map { try $0 + weighed } ?? weighed
    }
    guard let total else {
      throw DistillError.dead(loss: "the sum", reason: "every loss has the weight 0 at this step")
    }
    result.total = total
    return result
  }

  /// The first of the losses that is no number.
  func firstNotFinite(_ loss: TaskLoss) throws -> String? {
    for (name, value) in loss.terms where try value.doubles().contains(where: { !$0.isFinite }) {
      return name
    }
    return nil
  }

  /// The backward passes of a step; throws where a loss handed over what is no number, or failed.
  ///
  /// Where gradients lie on a device, it waits for it once.
  func backward(from total: Tensor) throws {
    do { try total.backward() } catch {
      try settle()
      throw error
    }
    try settle()
  }

  private func settle() throws {
    for term in terms {
      do { try term.loss.settle() } catch { throw failure(of: term, error) }
    }
  }

  /// What went wrong in a loss: the plugin's fault where it was that, else of the loss by its name.
  private func failure(of term: Term, _ error: any Error) -> any Error {
    // What a backward pass throws comes back from torch as a text.
    if let fault = term.loss.takeFailure() ?? error as? PluginError {
      return StrategyFailure(.plugin(fault), of: term.loss.provenance.strategy)
    }
    return DistillError.failed(loss: term.name, reason: "\(error)")
  }

  private func pairs(
    of term: Term,
    _ student: [String: Tensor],
    _ teacher: [String: Tensor]
  ) throws -> [DistillPair] {
    try term.pairs.map { pair in
      guard let own = student[pair.student], let other = teacher[pair.teacher] else {
        throw DistillError.dead(loss: term.name, reason: "'\(pair.student)' was not computed")
      }
      guard own.requiresGradient else {
        throw DistillError.dead(
          loss: term.name,
          reason: "nothing that is trained reaches the student's '\(pair.student)'"
        )
      }
      let adapted =
        try adapterPlaces[Adapter.name(of: pair)].map { try adapters[$0].adapted(own) } ?? own
      return DistillPair(
        student: adapted,
        teacher: other,
        studentName: pair.student,
        teacherName: pair.teacher,
        stride: pair.stride
      )
    }
  }

  /// Refuses a loss that is not recorded, or whose gradient is nothing although it is something.
  private func requireLife(of index: Int, _ value: Tensor, _ pairs: [DistillPair]) throws {
    let name = terms[index].name
    guard value.requiresGradient else {
      throw DistillError.dead(
        loss: name,
        reason: "no gradient was recorded from the student's values"
      )
    }
    // A loss that is no number is named by the trainer; its gradient says nothing of the loss's code.
    guard try value.detached().doubles().allSatisfy(\.isFinite) else { return }
    let gradients = try Tensor.gradients(
      of: [value],
      withRespectTo: pairs.map(\.student),
      retainingGraph: true,
      allowingUnused: true
    )
    let moves = try gradients.contains { gradient in
      try gradient.map { try $0.any().bools()[0] } ?? false
    }
    if moves {
      terms[index].isAlive = true
    } else if try value.detached().doubles()[0] != 0 {
      throw DistillError.dead(
        loss: name,
        reason:
          "its gradient by \(pairs.map { "'\($0.studentName)'" }.joined(separator: ", ")) is 0"
      )
    }
  }

  private static func scaled(_ value: Tensor, by factor: Double) throws -> Tensor {
    factor == 1 ? value : try value * factor
  }
}

@available(*, unavailable) extension Distillation: Sendable {}

extension DistillSettings.Loss {
  /// The strategy with its parameters, and its weight: what is given, else the default of its parameter `weight`, else 1.
  ///
  /// - Parameters:
  ///   - registry: where it is found by name.
  ///   - kind: what the run computes on.
  /// - Returns: the loss, and its weight.
  /// - Throws: `StrategyFailure`.
  package func made(
    by registry: PluginRegistry,
    on kind: Device.Kind
  ) throws(StrategyFailure) -> (loss: PluginDistillLoss, weight: Double) {
    try StrategyFailure.naming(strategy) { () throws(PluginHostError) in
      var values = parameters.values
      if let weight, registry.interface(of: strategy) == .distill,
        try registry.description(of: strategy).parameters.contains(where: { $0.name == "weight" })
      {
        values["weight"] = .double(weight)
      }
      let loss = try registry.distillLoss(named: strategy, settings: values, on: kind)
      guard weight == nil, case .double(let own)? = loss.provenance.settings.values["weight"] else {
        return (loss, weight ?? 1)
      }
      return (loss, own)
    }
  }
}

/// Where training is, as losses ask.
final class DistillMoment: DistillContext {
  let step: Int
  let steps: Int
  let seed: UInt64
  private let batch: ImageBatch

  init(step: Int, of steps: Int, _ batch: ImageBatch, seed: UInt64) {
    self.step = step
    self.steps = steps
    self.batch = batch
    self.seed = seed
  }

  var inputHeight: Int { batch.size.height }
  var inputWidth: Int { batch.size.width }

  func targets() throws(PluginError) -> [DistillTarget] {
    batch.targets.enumerated().flatMap { image, boxes in
      boxes.map { box in
        DistillTarget(
          image: image,
          category: box.category,
          centerX: box.centerX,
          centerY: box.centerY,
          width: box.width,
          height: box.height,
          weight: box.weight
        )
      }
    }
  }
}

@available(*, unavailable) extension DistillMoment: Sendable {}
