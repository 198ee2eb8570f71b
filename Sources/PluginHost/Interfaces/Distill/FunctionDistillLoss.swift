import CGuard
import PluginKit
import Tensors

/// Plain C functions as a loss: called once a pair, the losses added up.
///
/// They get dense 32-bit floats in main memory; the gradient comes from `backward`, or from `forward` where that fills it.
struct FunctionDistillLoss: DistillImplementation {
  private let forward: CFunction
  private let backward: CFunction?
  private let settings: Settings

  init?(_ functions: [FunctionDeclaration.Role: CFunction], settings: Settings) {
    guard let forward = functions[.forward] else { return nil }
    self.forward = forward
    backward = functions[.backward]
    self.settings = settings
  }

  func taps() throws(PluginError) -> [DistillTap] { [.outputs] }

  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    let call = Call(step: context.step, seed: context.seed, pairs: pairs.count)
    let device = pairs.first?.student.device ?? .cpu
    let memory = forward.host.memory
    var total = 0.0
    var filled: [Tensor] = []
    var dense: [(student: Tensor, teacher: Tensor)] = []
    try withoutGradients {
      for (index, pair) in pairs.enumerated() {
        let student = try memory.placed(try Self.dense(pair.student), readOnly: true)
        let teacher = try memory.placed(try Self.dense(pair.teacher), readOnly: true)
        guard student.count == teacher.count else {
          throw PluginError(
            .invalidArgument,
            "'\(pair.studentName)' is \(student), '\(pair.teacherName)' of the teacher \(teacher)"
          )
        }
        let gradient = try memory.placed(try Tensor.zeros(like: student), readOnly: false)
        total += try run(forward, index, student, teacher, gradient, call)
        if backward == nil { filled.append(gradient) }
        dense.append((student, teacher))
      }
    }
    let loss = try Tensor.full([], total, device: device)
    let (kept, made) = (dense, filled)
    return try Tensor.custom(outputs: [loss], inputs: pairs.map(\.student)) { gradients in
      guard let upstream = gradients.first ?? nil else { return kept.map { _ in nil } }
      return try withoutGradients {
        try kept.enumerated().map { index, pair in
          let gradient =
            try backward.map { function in
              let gradient = try memory.placed(
                try Tensor.zeros(like: pair.student),
                readOnly: false
              )
              _ = try run(function, index, pair.student, pair.teacher, gradient, call)
              return gradient
            } ?? made[index]
          return try gradient.moved(to: device) * upstream
        }
      }
    }[0]
  }

  private struct Call: Sendable {
    let step: Int
    let seed: UInt64
    let pairs: Int
  }

  private static func dense(_ tensor: Tensor) throws -> Tensor {
    try tensor.converted(to: .float32).detached().moved(to: .cpu).contiguous()
  }

  /// Calls one function on one pair; what it returns or writes as the loss.
  private func run(
    _ function: CFunction,
    _ index: Int,
    _ student: Tensor,
    _ teacher: Tensor,
    _ gradient: Tensor,
    _ call: Call
  ) throws -> Double {
    let arena = function.host.memory.arena()
    let shape = student.shape
    let loss = unsafe arena.scratch(byteCount: 8)
    var slots = try function.declaration.arguments.map { argument -> UInt64 in
      let type = argument.type
      switch argument.binding {
      case .seed: return call.seed
      case .parameter(let name): return type.bits(settings.values[name], in: arena)
      case .distill(let binding):
        switch binding {
        case .studentData: return unsafe try Self.address(of: student)
        case .teacherData: return unsafe try Self.address(of: teacher)
        case .gradientData: return unsafe try Self.address(of: gradient)
        case .lossData: return UInt64(UInt(bitPattern: loss))
        case .count: return type.bits(student.count)
        case .rank: return type.bits(shape.count)
        case .shape: return UInt64(UInt(bitPattern: unsafe arena.store(shape.map(Int64.init))))
        case .extent(let axis): return type.bits(shape.indices.contains(axis) ? shape[axis] : 1)
        case .pairIndex: return type.bits(index)
        case .pairCount: return type.bits(call.pairs)
        case .step: return type.bits(call.step)
        }
      case .pruner: return 0
      }
    }
    let result = unsafe try function.call(&slots, layer: "pair \(index)")
    defer {
      extendLifetime(student)
      extendLifetime(teacher)
      extendLifetime(gradient)
      extendLifetime(arena)
    }
    if case .result(let type) = function.declaration.returns {
      return type == .f32 || type == .f64 ? result.f : Double(result.i)
    }
    let written = function.declaration.arguments.first { $0.binding == .distill(.lossData) }
    switch written?.type {
    case .f64Pointer?: return unsafe loss.load(as: Double.self)
    case .f32Pointer?: return Double(unsafe loss.load(as: Float.self))
    default: return 0
    }
  }

  @unsafe
  private static func address(of tensor: Tensor) throws -> UInt64 {
    unsafe try tensor.withView { view in UInt64(UInt(bitPattern: unsafe view.data)) }
  }
}
