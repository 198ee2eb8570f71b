import PluginKit

/// The parameter that every strategy here has: whose scores choose the channels.
enum Score {
  static let parameter = Parameter<String?>(
    "score",
    default: nil,
    doc: "The strategy whose scores choose the channels; the host's L1 norm where none is named."
  )
}
