import Files
package import PluginKit

/// Where a model comes from.
package enum ModelSource: Sendable, Hashable {
  /// An ONNX file.
  case file(String)
  /// A network that we build, by its name, for a number of classes, its filters multiplied by a width.
  case architecture(String, classes: Int, width: Double = 1)

  /// How the filters of a network that is built are multiplied.
  package static let width = Parameter<Double>(
    "width",
    default: 1,
    in: 0.03125...64,
    doc:
      "Multiplies the filters of every layer of a network that is built, but for its predictions."
  )

  /// A file by its ending, else an architecture.
  package init(named text: String, classes: Int, width: Double = 1) {
    self =
      text.hasSuffix(".onnx")
      ? .file(text) : .architecture(text, classes: classes, width: width)
  }

  /// The model.
  ///
  /// - Parameters:
  ///   - base: the folder that relative paths start from.
  ///   - inputSize: sizes for inputs that the model leaves open.
  ///   - seed: what the weights of a network that is built are drawn by.
  /// - Returns: the model, analysed.
  /// - Throws: ``ModelFailure``.
  package func model(
    from base: String,
    inputSize: [Int]? = nil,
    seed: UInt64 = 0
  ) throws(ModelFailure) -> Model {
    switch self {
    case .file(let file):
      return try Model.read(FilePath.path(file, from: base), inputSize: inputSize)
    case .architecture(let name, let classes, let width):
      let file = FilePath.path(name, from: base)
      // No ONNX by its ending: reading it says what it is.
      if !Zoo.names.contains(name), File.exists(file) {
        return try Model.read(file, inputSize: inputSize)
      }
      return try Model.built(
        name,
        classes: classes,
        width: width,
        inputSize: inputSize,
        seed: seed
      )
    }
  }
}
