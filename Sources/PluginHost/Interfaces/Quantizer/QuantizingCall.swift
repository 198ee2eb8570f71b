import CGuard
import PluginKit

/// A call of a quantizer: the model that it may ask about, and the plan that it hands over.
@safe
final class QuantizingCall: CallRecord {
  private var context: (any QuantizationContext)?
  private(set) var tensors: [QuantizedTensor] = []
  /// Whether the plan's functions may be called.
  private var takesPlan = false
  private(set) var plan = QuantizationPlan()
  private let functions: UnsafeMutablePointer<esp_quantizing_host>

  required init() {
    unsafe functions = .allocate(capacity: 1)
    unsafe functions.initialize(to: QuantizingTable.functions)
    super.init()
  }

  deinit { unsafe functions.deallocate() }

  /// What the plugin asks with: one table for all calls, in which only what differs is written.
  @unsafe var table: UnsafePointer<esp_quantizing_host> { unsafe UnsafePointer(functions) }

  /// Sets out what the next call is about.
  func open(_ context: any QuantizationContext, takesPlan: Bool) throws(PluginError) {
    tensors = try context.tensors
    self.context = context
    self.takesPlan = takesPlan
    plan = QuantizationPlan()
    unsafe functions.pointee.n_tensors = UInt32(tensors.count)
    unsafe functions.pointee.seed = context.seed
  }

  override func close() {
    context = nil
    tensors = []
    takesPlan = false
  }

  override var isUnwanted: Bool { context?.shouldStop ?? false }

  /// What the host offers during the call.
  func offered() throws(PluginError) -> any QuantizationContext {
    guard let context else {
      throw PluginError(.unimplemented, "there is no network during this call")
    }
    return context
  }

  func tensor(_ index: UInt32) throws(PluginError) -> QuantizedTensor {
    guard Int(index) < tensors.count else {
      throw PluginError(.invalidArgument, "tensor \(index) of \(tensors.count) does not exist")
    }
    return tensors[Int(index)]
  }

  func leaveFloat(_ index: UInt32) throws(PluginError) {
    try decide { plan throws(PluginError) in plan.leftFloat.insert(try tensor(index).index) }
  }

  func ask(_ options: UInt32) throws(PluginError) {
    try decide { plan throws(PluginError) in
      let known = ESP_Q_EQUALIZE | ESP_Q_CORRECT_BIAS | ESP_Q_LEARN_ROUNDING
      guard options & ~known == 0 else {
        throw PluginError(.unimplemented, "options \(options) are not all known to this host")
      }
      if options & ESP_Q_EQUALIZE != 0 { plan.equalizes = true }
      if options & ESP_Q_CORRECT_BIAS != 0 { plan.correctsBiases = true }
      if options & ESP_Q_LEARN_ROUNDING != 0 { plan.learnsRounding = true }
    }
  }

  func train(_ how: UInt32, _ number: Double) throws(PluginError) {
    try decide { plan throws(PluginError) in
      guard let training = QuantizationPlan.Training(how: how, number: number) else {
        throw PluginError(.invalidArgument, "training \(how) with \(number) means nothing")
      }
      plan.training = training
    }
  }

  func set(_ what: UInt32, _ number: Double) throws(PluginError) {
    try decide { plan throws(PluginError) in
      guard plan.set(what, number) else {
        throw PluginError(.invalidArgument, "\(number) means nothing as number \(what) of a plan")
      }
    }
  }

  /// Takes a wish over, or keeps why it cannot be.
  private func decide(
    _ body: (inout QuantizationPlan) throws(PluginError) -> Void
  ) throws(PluginError) {
    guard takesPlan else {
      throw PluginError(.invalidArgument, "a plan is taken during \"plan\" only")
    }
    do throws(PluginError) { try body(&plan) } catch {
      _ = reject(error)
      throw error
    }
  }
}
