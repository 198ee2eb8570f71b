/// What two processes say to each other while one runs a plugin for the other.
///
/// The host calls a function of the plugin; before the result come the plugin's questions, each of which is answered. While a
/// question waits, the host may call again, and gets that result first.
enum Dialogue {
  enum Kind: UInt8 {
    case call = 10
    case answer, refusal
    case result = 20
    case failure, question, remark
  }

  /// What the host calls.
  enum Function: Int {
    case describe, create, plan, score, taps, loss, gradients, dropLoss, quantizerPlan, ranges
    case dimensions, start, feasible, network

    /// As messages and breadcrumbs call it.
    var name: String {
      switch self {
      case .describe: "esp_plugin_entry_v1"
      case .loss: "forward"
      case .gradients: "backward"
      case .dropLoss: "drop_saved"
      case .quantizerPlan: "plan"
      case .network: "decode"
      default: "\(self)"
      }
    }
  }

  /// What the plugin asks.
  enum Question: Int {
    case groups, weight, gradient, gradientSamples, maskGradients, importance, model, cost,
      evaluate, tensors, tensorWeight
    case statistics, targets
  }
}
