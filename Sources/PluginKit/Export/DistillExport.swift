// How losses of distillation cross the boundary: esp.distill/1, by forward_ops.
import Tensors

extension Plugin.Entry {
  /// Offers a loss of distillation.
  public static func distillLoss<S: Strategy & DistillLoss>(_ type: S.Type) -> Plugin.Entry {
    Plugin.Entry(
      description: S.description,
      export: unsafe StrategyExport(
        interface: ESP_DISTILL_V1,
        hostMinor: 1,
        vtable: { unsafe DistillExport.vtable(in: $0) },
        make: { settings, host throws(PluginError) in
          try DistillExport(host: host, strategy: try S(settings: settings))
        }
      )
    )
  }
}

/// An instance with the host that it answers to; what C calls `self`.
private final class DistillExport: Sendable {
  private let host: HostTable
  private let strategy: any DistillLoss
  /// The taps as C reads them; they live as long as the instance.
  private let taps: TapTable

  /// `@unchecked`: written once, before anyone reads it.
  @safe
  private struct TapTable: @unchecked Sendable {
    let arena = CArena()
    let start: UnsafePointer<esp_tap>?
    let count: UInt32

    init(_ taps: [DistillTap]) {
      let arena = arena
      let raw = unsafe taps.map { tap -> esp_tap in
        switch tap {
        case .outputs:
          unsafe esp_tap(kind: ESP_TAP_OUTPUTS, reserved: 0, student: esp_str(), teacher: esp_str())
        case .features:
          unsafe esp_tap(
            kind: ESP_TAP_FEATURES,
            reserved: 0,
            student: esp_str(),
            teacher: esp_str()
          )
        case .named(let student, let teacher):
          unsafe esp_tap(
            kind: ESP_TAP_NAMED,
            reserved: 0,
            student: arena.string(student),
            teacher: arena.string(teacher)
          )
        }
      }
      unsafe start = unsafe UnsafePointer(arena.store(raw))
      count = UInt32(taps.count)
    }
  }

  init(host: HostTable, strategy: any DistillLoss) throws(PluginError) {
    self.host = host
    self.strategy = strategy
    taps = TapTable(try strategy.taps)
  }

  @unsafe
  static func vtable(in arena: CArena) -> UnsafeRawPointer {
    unsafe UnsafeRawPointer(
      arena.store(
        esp_distill_v1(
          struct_size: UInt32(MemoryLayout<esp_distill_v1>.size),
          reserved: 0,
          taps: { instance, _, out, count in
            let export = unsafe Unmanaged<DistillExport>.fromOpaque(instance).takeUnretainedValue()
            unsafe out.pointee = export.taps.start
            unsafe count.pointee = export.taps.count
            return ESP_OK
          },
          forward: nil,
          backward: nil,
          drop_saved: nil,
          forward_ops: { instance, call, exec, table, students, teachers, count, loss in
            let export = unsafe Unmanaged<DistillExport>.fromOpaque(instance).takeUnretainedValue()
            return unsafe export.forward(call, exec, table, students, teachers, count, loss)
          }
        )
      )
    )
  }

  @unsafe
  private func forward(
    _ call: OpaquePointer,
    _ exec: UnsafePointer<esp_exec>,
    _ table: UnsafePointer<esp_distill_host>,
    _ students: UnsafePointer<OpaquePointer?>,
    _ teachers: UnsafePointer<OpaquePointer?>,
    _ count: UInt32,
    _ out: UnsafeMutablePointer<OpaquePointer?>
  ) -> esp_status {
    do {
      try host.installRuntime()
      let context = unsafe HostDistillContext(host: host, call: call, exec: exec, table: table)
      defer { context.close() }
      var pairs: [DistillPair] = []
      for index in 0..<Int(count) {
        guard let student = unsafe students[index], let teacher = unsafe teachers[index] else {
          throw PluginError(.internalError, "the host lent no tensors for pair \(index)")
        }
        let names = try context.pair(index)
        pairs.append(
          DistillPair(
            student: unsafe try Tensor(retaining: student),
            teacher: unsafe try Tensor(retaining: teacher),
            studentName: names.student,
            teacherName: names.teacher,
            stride: names.stride
          )
        )
      }
      let loss = try strategy.loss(of: pairs, in: context)
      guard loss.count == 1 else {
        throw PluginError(.invalidArgument, "the loss is \(loss), but has one element")
      }
      unsafe out.pointee = loss.retainedHandle()
      return ESP_OK
    } catch let error as PluginError {
      return unsafe host.fail(call, error)
    } catch {
      return unsafe host.fail(call, PluginError(.internalError, "\(error)"))
    }
  }
}
