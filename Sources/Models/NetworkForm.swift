package import PluginKit

/// How a network that is built differs from the one that was published.
package struct NetworkForm: Sendable, Hashable {
  /// What multiplies the filters of every layer but the predictions.
  package var width: Double
  /// Whether the second convolution of BlazeFace's double blocks is depthwise.
  package var isGrouped: Bool

  package init(width: Double = 1, isGrouped: Bool = false) {
    self.width = width
    self.isGrouped = isGrouped
  }
}

extension NetworkForm {
  /// The keys by which recipes state it, beside a network's name.
  package enum Keys {
    package static let width = Parameter<Double>(
      "width",
      default: 1,
      in: 0.03125...64,
      doc:
        "Multiplies the filters of every layer of a network that is built, but for its predictions."
    )
    package static let grouped = Parameter<Bool>(
      "grouped",
      default: false,
      doc:
        "Makes the second 5x5 convolution of BlazeFace's double blocks depthwise, which the published networks forgot."
    )

    package static let specs = [width.spec, grouped.spec]
  }
}
