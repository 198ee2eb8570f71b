import PluginKit
package import Processes
import Tensors

/// The side that runs a plugin for another process.
package final class IsolationServer {
  let place: Workplace
  private var registry: PluginRegistry?
  private var instance: Instance?
  private var passes: [Int: Pass] = [:]
  private var nextPass = 0

  /// What was made for the other process.
  private enum Instance {
    case pruner((any Pruner)?, (any ChannelScorer)?)
    case distill(any DistillLoss)
    case quantizer(any Quantizer)
    case space(any SearchSpace)
  }

  /// A loss whose gradient may be asked for.
  private struct Pass {
    let loss: Tensor
    let students: [Tensor]
  }

  package init(at place: Workplace) { self.place = place }

  /// Carries out a call.
  ///
  /// - Returns: Whether the message was one.
  package func serve(_ frame: Frame) -> Bool {
    guard frame.kind == Dialogue.Kind.call.rawValue else { return false }
    var unpacker = Unpacker(frame.payload)
    var packer = Packer()
    do throws(PluginError) {
      guard let function = Dialogue.Function(rawValue: try unpacker.int()) else { throw .garbled }
      try carryOut(function, &unpacker, &packer)
      place.send(Frame(Dialogue.Kind.result.rawValue, packer.bytes))
    } catch {
      place.send(Frame(Dialogue.Kind.failure.rawValue, Packer.bytes { error.pack(into: &$0) }))
    }
    return true
  }

  /// Asks the other process, and does what it asks meanwhile.
  func ask(
    _ question: Dialogue.Question,
    _ arguments: (inout Packer) -> Void = { _ in }
  ) throws(PluginError) -> Unpacker {
    let bytes = Packer.bytes { packer in
      packer.add(question.rawValue)
      arguments(&packer)
    }
    place.send(Frame(Dialogue.Kind.question.rawValue, bytes))
    while let frame = place.receive() {
      var unpacker = Unpacker(frame.payload)
      switch Dialogue.Kind(rawValue: frame.kind) {
      case .answer?: return unpacker
      case .refusal?: throw PluginError.read(from: &unpacker)
      default: guard serve(frame) else { throw .garbled }
      }
    }
    throw .garbled
  }

  private func carryOut(
    _ function: Dialogue.Function,
    _ unpacker: inout Unpacker,
    _ packer: inout Packer
  ) throws(PluginError) {
    switch (function, instance) {
    case (.create, _): try create(&unpacker)
    case (.describe, _): try describe(try unpacker.text(), &packer)
    case (.plan, .pruner(let pruner?, _)?):
      packer.add(try pruner.plan(for: RemotePruning(self, seed: try unpacker.uint())))
    case (.score, .pruner(_, let scorer?)?):
      let context = RemotePruning(self, seed: try unpacker.uint())
      packer.add(try scorer.score(try unpacker.value(), of: context))
    case (.taps, .distill(let loss)?): packer.add(try loss.taps)
    case (.loss, .distill(let loss)?): try compute(loss, &unpacker, &packer)
    case (.gradients, _): try differentiate(&unpacker, &packer)
    case (.dropLoss, _): passes[try unpacker.int()] = nil
    case (.quantizerPlan, .quantizer(let quantizer)?):
      packer.add(try quantizer.plan(for: RemoteQuantizing(self, seed: try unpacker.uint())))
    case (.ranges, .quantizer(let quantizer)?):
      let context = RemoteQuantizing(self, seed: try unpacker.uint())
      packer.add(try quantizer.ranges(of: try unpacker.value(), in: context))
    case (_, .space(let space)?):
      let context = try RemoteSearch(self, &unpacker)
      try offer(space, function, try unpacker.values(), context, &packer)
    default: throw .garbled
    }
  }

  private func create(_ unpacker: inout Unpacker) throws(PluginError) {
    let policy = try IsolatedLaunch.policy(from: &unpacker)
    let place = place
    let registry = PluginRegistry(policy: policy) { level, _, text in place.remark(level, text) }
    self.registry = registry
    guard try unpacker.bool() else { return }
    let id = try unpacker.text()
    let settings: Settings = try unpacker.value()
    do {
      switch registry.interface(of: id) {
      case .pruner?:
        let pruner = try? registry.pruner(named: id, settings: settings.values)
        let scorer =
          pruner == nil
          ? try registry.scorer(named: id, settings: settings.values) : pruner?.scorer
        instance = .pruner(pruner, scorer)
      case .distill?:
        instance = .distill(try registry.distillLoss(named: id, settings: settings.values))
      case .quantizer?:
        instance = .quantizer(try registry.quantizer(named: id, settings: settings.values))
      case .space?: instance = .space(try registry.space(named: id, settings: settings.values))
      case nil: _ = try registry.description(of: id)
      }
    } catch {
      throw PluginError(.invalidArgument, "\(error)")
    }
  }

  private func describe(_ id: String, _ packer: inout Packer) throws(PluginError) {
    guard let registry else { throw .garbled }
    do throws(PluginHostError) {
      packer.add(try registry.description(of: id))
      let roles = try registry.pruningRoles(of: id)
      packer.add(roles.plans)
      packer.add(roles.scores)
    } catch {
      throw PluginError(.invalidArgument, "\(error)")
    }
  }

  private func compute(
    _ loss: any DistillLoss,
    _ unpacker: inout Unpacker,
    _ packer: inout Packer
  ) throws(PluginError) {
    let threads = try unpacker.int()
    let context = try RemoteDistilling(self, &unpacker)
    let count = try unpacker.int()
    do {
      if try Runtime.threadCount() != threads { try Runtime.setThreadCount(threads) }
      var pairs: [DistillPair] = []
      for _ in 0..<max(0, count) {
        let shape: [Int] = try unpacker.values()
        let student = try Tensor(try unpacker.floats(), shape: shape).setRequiresGradient()
        let teacherShape: [Int] = try unpacker.values()
        let teacher = try Tensor(try unpacker.floats(), shape: teacherShape)
        pairs.append(
          DistillPair(
            student: student,
            teacher: teacher,
            studentName: try unpacker.text(),
            teacherName: try unpacker.text(),
            stride: try unpacker.optional()
          )
        )
      }
      let value = try loss.loss(of: pairs, in: context)
      nextPass += 1
      passes[nextPass] = Pass(loss: value, students: pairs.map(\.student))
      packer.add(nextPass)
      packer.add(try value.detached().doubles()[0])
    } catch let error as PluginError {
      throw error
    } catch {
      throw PluginError(.internalError, "\(error)")
    }
  }

  private func differentiate(
    _ unpacker: inout Unpacker,
    _ packer: inout Packer
  ) throws(PluginError) {
    guard let pass = passes[try unpacker.int()] else {
      throw PluginError(.internalError, "the process that computed the loss is gone")
    }
    let upstream = try unpacker.floats()
    do {
      let gradients = try Tensor.gradients(
        of: [pass.loss],
        withRespectTo: pass.students,
        outputGradients: [try Tensor(upstream, shape: []).converted(to: pass.loss.dtype)],
        retainingGraph: true,
        allowingUnused: true
      )
      packer.add(gradients.count)
      for gradient in gradients {
        packer.add(gradient != nil)
        if let gradient { packer.add(try gradient.converted(to: .float32).floats()) }
      }
    } catch {
      throw PluginError(.internalError, "\(error)")
    }
  }

  private func offer(
    _ space: any SearchSpace,
    _ function: Dialogue.Function,
    _ tokens: [Int],
    _ context: RemoteSearch,
    _ packer: inout Packer
  ) throws(PluginError) {
    switch function {
    case .dimensions: packer.add(try space.dimensions(in: context))
    case .start: packer.add(try space.start(in: context))
    case .feasible: packer.add(try space.isFeasible(tokens, in: context))
    case .network:
      switch try space.network(tokens, in: context) {
      case .model(let bytes):
        packer.add(true)
        packer.add(bytes)
      case .cuts(let plan):
        packer.add(false)
        packer.add(plan)
      }
    default: throw .garbled
    }
  }
}

extension Workplace {
  /// Tells the other process what its plugin says.
  func remark(_ level: LogLevel, _ text: String) {
    let bytes = Packer.bytes { packer in
      packer.add(Int(level.rawValue))
      packer.add(text)
    }
    send(Frame(Dialogue.Kind.remark.rawValue, bytes))
  }
}

@available(*, unavailable) extension IsolationServer: Sendable {}
