import CGuard
import PluginKit

/// A call of a quantizer: the model that it may ask about, and the plan that it hands over.
@safe
final class QuantizingCall: CallRecord {
  let context: any QuantizationContext
  let tensors: [QuantizedTensor]
  /// Whether the plan's functions may be called.
  private let takesPlan: Bool
  private(set) var plan = QuantizationPlan()

  init(_ context: any QuantizationContext, takesPlan: Bool) throws(PluginError) {
    tensors = try context.tensors
    self.context = context
    self.takesPlan = takesPlan
    super.init()
  }

  /// - Safety: The call is of a quantizer, whose functions alone are handed this.
  @unsafe static func quantizing(_ call: OpaquePointer) -> QuantizingCall {
    unsafe Unmanaged<QuantizingCall>.fromOpaque(UnsafeRawPointer(call)).takeUnretainedValue()
  }

  override var shouldStop: Bool { !isOpen || context.shouldStop }

  func tensor(_ index: UInt32) throws(PluginError) -> QuantizedTensor {
    guard Int(index) < tensors.count else {
      throw PluginError(.invalidArgument, "tensor \(index) of \(tensors.count) does not exist")
    }
    return tensors[Int(index)]
  }

  func leaveFloat(_ index: UInt32) -> esp_status {
    decide { plan throws(PluginError) in plan.leftFloat.insert(try tensor(index).index) }
  }

  func ask(_ options: UInt32) -> esp_status {
    decide { plan throws(PluginError) in
      let known = ESP_Q_EQUALIZE | ESP_Q_CORRECT_BIAS | ESP_Q_LEARN_ROUNDING
      guard options & ~known == 0 else {
        throw PluginError(.unimplemented, "options \(options) are not all known to this host")
      }
      if options & ESP_Q_EQUALIZE != 0 { plan.equalizes = true }
      if options & ESP_Q_CORRECT_BIAS != 0 { plan.correctsBiases = true }
      if options & ESP_Q_LEARN_ROUNDING != 0 { plan.learnsRounding = true }
    }
  }

  func train(_ how: UInt32, _ number: Double) -> esp_status {
    decide { plan throws(PluginError) in
      guard let training = QuantizationPlan.Training(how: how, number: number) else {
        throw PluginError(.invalidArgument, "training \(how) with \(number) means nothing")
      }
      plan.training = training
    }
  }

  func set(_ what: UInt32, _ number: Double) -> esp_status {
    decide { plan throws(PluginError) in
      guard plan.set(what, number) else {
        throw PluginError(.invalidArgument, "\(number) means nothing as number \(what) of a plan")
      }
    }
  }

  private func decide(
    _ body: (inout QuantizationPlan) throws(PluginError) -> Void
  ) -> esp_status {
    guard takesPlan else { return refuse(.invalidArgument, "a plan is taken during \"plan\" only") }
    do throws(PluginError) {
      try body(&plan)
      return ESP_OK
    } catch {
      return reject(error)
    }
  }
}
