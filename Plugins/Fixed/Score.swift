import PluginKit

/// The parameter that every strategy here has: whose scores choose the channels.
enum Score {
  static let parameter = Parameter<String?>(
    "score",
    default: nil,
    doc:
      "The strategy whose scores choose the channels. By default the L1 norm: of the weights that a list names, else of all."
  )
}
