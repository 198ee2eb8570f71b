import Files

/// Where a model comes from.
package enum ModelSource: Sendable, Hashable {
  /// An ONNX file.
  case file(String)
  /// A network that we build, by its name, for a number of classes.
  case architecture(String, classes: Int, form: NetworkForm = NetworkForm())

  /// A file by its ending, else an architecture.
  package init(named text: String, classes: Int, form: NetworkForm = NetworkForm()) {
    self =
      text.hasSuffix(".onnx")
      ? .file(text) : .architecture(text, classes: classes, form: form)
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
    case .architecture(let name, let classes, let form):
      let file = FilePath.path(name, from: base)
      // No ONNX by its ending: reading it says what it is.
      if !Zoo.names.contains(name), File.exists(file) {
        return try Model.read(file, inputSize: inputSize)
      }
      return try Model.built(
        name,
        classes: classes,
        form: form,
        inputSize: inputSize,
        seed: seed
      )
    }
  }
}
