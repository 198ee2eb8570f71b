import CGuard
import PluginKit
import Tensors

/// An instance of a loss of distillation.
///
/// `@unchecked`: see `PluginInstance`; the table is immutable.
@safe
final class DistillInstance: PluginInstance, @unchecked Sendable {
  private let table: esp_distill_v1

  init(
    _ strategy: LoadedStrategy,
    _ vtable: DistillVtable,
    settings: Settings
  ) throws(PluginError) {
    table = vtable.table
    try super.init(strategy, settings: settings)
  }

  /// What the strategy compares by itself.
  func taps() throws(PluginError) -> [DistillTap] {
    guard unsafe table.taps != nil else { return [.outputs] }
    let record = CallRecord()
    var start: UnsafePointer<esp_tap>?
    var count: UInt32 = 0
    try unsafe guarded("taps", record) { crumb, fault in
      unsafe withUnsafePointer(to: table) { table in
        unsafe esp_guard_taps(crumb, table, instance, record.pointer, &start, &count, fault)
      }
    }
    record.end()
    guard count <= 1024, unsafe count == 0 || start != nil else {
      throw PluginError(.invalidArgument, "it claims \(count) taps", origin: origin("taps"))
    }
    return try (0..<Int(count)).map { (index) throws(PluginError) in
      guard let tap = unsafe start?[index] else { return .outputs }
      switch unsafe tap.kind {
      case ESP_TAP_OUTPUTS: return .outputs
      case ESP_TAP_FEATURES: return .features
      case ESP_TAP_NAMED:
        return unsafe .named(
          student: String(crossing: tap.student),
          teacher: String(crossing: tap.teacher)
        )
      default:
        throw PluginError(
          .invalidArgument,
          "tap \(index) has the kind \(unsafe tap.kind)",
          origin: origin("taps")
        )
      }
    }
  }

  /// The loss of a batch, with its gradient recorded.
  func loss(of pairs: [DistillPair], in context: any DistillContext) throws -> Tensor {
    unsafe table.forward_ops != nil
      ? try lossByOps(of: pairs, in: context) : try lossOnViews(of: pairs, in: context)
  }

  private func lossByOps(
    of pairs: [DistillPair],
    in context: any DistillContext
  ) throws -> Tensor {
    let record = DistillCall(context, pairs: pairs)
    record.memory = host.memory
    var exec = unsafe try exec(for: pairs, seed: context.seed)
    var asked = record.table
    var loss: OpaquePointer?
    let students = unsafe pairs.map { unsafe Optional($0.student.retainedHandle()) }
    let teachers = unsafe pairs.map { unsafe Optional($0.teacher.retainedHandle()) }
    defer {
      // The references go with the tensors made of them.
      unsafe (students + teachers).forEach { handle in
        if let handle = unsafe handle { _ = unsafe Tensor(adopting: handle) }
      }
    }
    try unsafe guarded("forward_ops", record) { crumb, fault in
      unsafe withUnsafePointer(to: table) { table in
        unsafe esp_guard_forward_ops(
          crumb,
          table,
          instance,
          record.pointer,
          &exec,
          &asked,
          students,
          teachers,
          UInt32(pairs.count),
          &loss,
          fault
        )
      }
    }
    record.end()
    guard let loss = unsafe loss else {
      throw PluginError(.internalError, "it gave no loss", origin: origin("forward_ops"))
    }
    return try scalar(unsafe Tensor(adopting: loss), of: "forward_ops")
  }

  private func lossOnViews(
    of pairs: [DistillPair],
    in context: any DistillContext
  ) throws -> Tensor {
    let pass = try withoutGradients { try ViewPass(pairs, host.memory) }
    let record = DistillCall(context, pairs: pairs)
    record.memory = host.memory
    var exec = unsafe try exec(for: pairs, seed: context.seed)
    var asked = record.table
    var saved: UnsafeMutableRawPointer?
    let students = unsafe try ViewPass.views(of: pass.students)
    let teachers = unsafe try ViewPass.views(of: pass.teachers)
    var target = unsafe try ViewPass.views(of: [pass.loss], readOnly: false)[0]
    try unsafe guarded("forward", record) { crumb, fault in
      unsafe withUnsafePointer(to: table) { table in
        unsafe esp_guard_forward(
          crumb,
          table,
          instance,
          record.pointer,
          &exec,
          &asked,
          students,
          teachers,
          UInt32(pairs.count),
          &target,
          &saved,
          fault
        )
      }
    }
    record.end()
    extendLifetime(pass)
    let kept = unsafe SavedPass(pass, saved: saved, of: self)
    let seed = context.seed
    let loss = try Tensor.custom(outputs: [pass.loss], inputs: pairs.map(\.student)) { gradients in
      guard let gradient = gradients.first ?? nil else {
        return kept.pass.students.map { _ in nil }
      }
      return try withoutGradients { try kept.owner.gradients(kept, gradient, seed: seed) }
    }
    return try scalar(loss[0], of: "forward")
  }

  /// The backward pass; torch may call it on a thread of its own.
  private func gradients(
    _ kept: SavedPass,
    _ gradient: Tensor,
    seed: UInt64
  ) throws -> [Tensor?] {
    let record = CallRecord()
    let results = try kept.pass.students.map {
      try host.memory.placed(try Tensor.zeros(like: $0), readOnly: false)
    }
    let given = try host.memory.placed(
      try gradient.converted(to: .float32).contiguous(),
      readOnly: true
    )
    var exec = unsafe try exec(for: kept.pass.students, seed: seed)
    let views = unsafe try ViewPass.views(of: results, readOnly: false)
    var upstream = unsafe try ViewPass.views(of: [given])[0]
    try unsafe guarded("backward", record) { crumb, fault in
      unsafe withUnsafePointer(to: table) { table in
        unsafe esp_guard_backward(
          crumb,
          table,
          instance,
          record.pointer,
          &exec,
          kept.saved,
          &upstream,
          views,
          UInt32(results.count),
          fault
        )
      }
    }
    record.end()
    extendLifetime(given)
    return results
  }

  /// Gives back what a forward pass left.
  @unsafe
  fileprivate func drop(_ saved: UnsafeMutableRawPointer) {
    guard unsafe table.drop_saved != nil else { return }
    try? unsafe guarded("drop_saved", CallRecord()) { crumb, fault in
      unsafe withUnsafePointer(to: table) { table in
        unsafe esp_guard_drop_saved(crumb, table, instance, saved, fault)
      }
    }
  }

  private func scalar(_ loss: Tensor, of function: String) throws(PluginError) -> Tensor {
    guard loss.count == 1, loss.dtype.isFloatingPoint else {
      throw PluginError(
        .invalidArgument,
        "the loss is \(loss), but has one element",
        origin: origin(function)
      )
    }
    do throws(TensorError) {
      return loss.rank == 0 ? loss : try loss.reshaped([])
    } catch {
      throw PluginError(.internalError, "\(error)", origin: origin(function))
    }
  }

  private func exec(for pairs: [DistillPair], seed: UInt64) throws -> esp_exec {
    unsafe try exec(for: pairs.map(\.student), seed: seed)
  }

  private func exec(for tensors: [Tensor], seed: UInt64) throws -> esp_exec {
    let device = tensors.first?.device ?? .cpu
    return unsafe esp_exec(
      struct_size: UInt32(MemoryLayout<esp_exec>.size),
      device_type: device.kind.rawValue,
      device_id: Int32(device.index),
      reserved: 0,
      stream: try device.currentStream(),
      seed: seed,
      deadline_ns: 0
    )
  }

  private func origin(_ function: String) -> PluginError.Origin {
    PluginError.Origin(plugin: host.plugin, function: function)
  }

  private func guarded(
    _ function: StaticString,
    _ record: CallRecord,
    _ body: (UnsafePointer<esp_crumb>, UnsafeMutablePointer<esp_fault>) -> esp_status
  ) throws(PluginError) {
    var crumb = unsafe host.crumb(function, layer: esp_str())
    lock?.lock()
    let (status, fault) = unsafe withFault { fault in unsafe body(&crumb, fault) }
    lock?.unlock()
    guard status != ESP_OK else { return }
    var error = record.error(status, fault: fault)
    error.origin = origin("\(function)")
    record.end()
    throw error
  }
}

/// The tensors of a loss that works on memory: dense, in 32-bit floats, alive until its backward pass is over.
private struct ViewPass: Sendable {
  let students: [Tensor]
  let teachers: [Tensor]
  let loss: Tensor

  init(_ pairs: [DistillPair], _ memory: PluginMemory) throws {
    students = try pairs.map { try memory.placed(Self.dense($0.student), readOnly: true) }
    teachers = try pairs.map { try memory.placed(Self.dense($0.teacher), readOnly: true) }
    let zero = try ATen.one(
      "zeros",
      "",
      [] as [Int],
      DType.float32,
      ATenValue.default,
      pairs.first?.student.device ?? .cpu
    )
    loss = try memory.placed(zero, readOnly: false)
  }

  private static func dense(_ tensor: Tensor) throws -> Tensor {
    try tensor.converted(to: .float32).detached().contiguous()
  }

  /// Views that are valid as long as the tensors.
  @unsafe
  static func views(of tensors: [Tensor], readOnly: Bool = true) throws -> [esp_tensor_view] {
    unsafe try tensors.map { tensor in
      unsafe try tensor.withView(readOnly: readOnly) { view in unsafe view }
    }
  }
}

/// What a forward pass left for the backward pass.
///
/// `@unchecked`: the pointer is the plugin's, which says on which threads it works.
@safe
private final class SavedPass: @unchecked Sendable {
  let pass: ViewPass
  let owner: DistillInstance
  let saved: UnsafeMutableRawPointer?

  init(_ pass: ViewPass, saved: UnsafeMutableRawPointer?, of owner: DistillInstance) {
    self.pass = pass
    self.owner = owner
    unsafe self.saved = unsafe saved
  }

  deinit { if let saved = unsafe saved { unsafe owner.drop(saved) } }
}
