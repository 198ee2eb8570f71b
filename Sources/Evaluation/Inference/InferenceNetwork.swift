internal import CInference
package import Graphs
package import Models

/// A model in a runtime of others, with its inputs: ready to be executed again and again.
@safe
package final class InferenceNetwork: ReadyNetwork {
  /// How a runtime executes.
  package struct Settings: Sendable, Hashable {
    package var threads = 1
    /// Whether OpenVINO computes float layers in float32; otherwise it chooses, which may be bfloat16 or float16.
    package var pinsFloat32 = true

    package init() {}
  }

  /// An input as it was added.
  private struct Input {
    let name: String
    let type: ElementType
    let shape: [Int]
  }

  private let kind: InferenceKind
  private let model: String
  private let wanted: [ValueInfo]
  private let network: OpaquePointer
  /// The inputs, in the order in which they were added.
  private let taken: [Input]

  /// Reads an ONNX file and makes it ready; sizes that it leaves open become those of the inputs.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - inputs: an array for each input without a default; they are copied.
  ///   - outputs: the outputs, with their types.
  ///   - library: the runtime.
  ///   - settings: how it executes.
  /// - Throws: ``InferenceError/refused(_:model:reason:)``.
  package init(
    _ path: String,
    inputs: [String: Constant],
    outputs: [ValueInfo],
    in library: InferenceLibrary,
    settings: Settings
  ) throws(InferenceError) {
    kind = library.kind
    model = path
    wanted = outputs
    guard let network = unsafe espinf_new(library.runtime) else {
      throw .refused(library.kind, model: path, reason: "not enough memory")
    }
    unsafe self.network = network
    let sorted = inputs.sorted { $0.key < $1.key }
    taken = sorted.map { Input(name: $0.key, type: $0.value.type, shape: $0.value.shape) }
    for (name, array) in sorted { try add(name, array) }
    for output in outputs {
      unsafe try check { unsafe espinf_add_output(network, output.name, $0, $1) }
    }
    unsafe try check {
      unsafe espinf_load(
        network,
        path,
        Int32(clamping: settings.threads),
        settings.pinsFloat32 ? 1 : 0,
        $0,
        $1
      )
    }
  }

  /// Reads the ONNX file of a model and makes it ready for all of its outputs, but for texts, which have no tensors.
  ///
  /// - Throws: ``InferenceError/refused(_:model:reason:)``.
  package convenience init(
    _ path: String,
    of model: Model,
    inputs: [String: Constant],
    in library: InferenceLibrary,
    settings: Settings
  ) throws(InferenceError) {
    try self.init(
      path,
      inputs: inputs,
      outputs: model.graph.outputs.filter { $0.type.element != .string },
      in: library,
      settings: settings
    )
  }

  deinit { unsafe espinf_free(network) }

  /// Takes other arrays for inputs, of the types and sizes that the network was made with; they are copied.
  ///
  /// - Throws: ``InferenceError/refused(_:model:reason:)``.
  package func take(_ inputs: [String: Constant]) throws(InferenceError) {
    for (name, array) in inputs {
      guard let index = taken.firstIndex(where: { $0.name == name }) else {
        throw .refused(kind, model: model, reason: "it was made without an input '\(name)'")
      }
      let (type, shape) = (taken[index].type, taken[index].shape)
      guard array.type == type, array.shape == shape else {
        throw .refused(
          kind,
          model: model,
          reason: "it was made for '\(name)' as \(type) \(Shape(shape)), not \(array.type) "
            + "\(Shape(array.shape)); make another network for that"
        )
      }
      try unsafe array.bytes.withUnsafeBytes { memory throws(InferenceError) in
        unsafe try check {
          unsafe espinf_set_input(network, index, memory.baseAddress, memory.count, $0, $1)
        }
      }
    }
  }

  /// Executes the model once.
  ///
  /// - Throws: ``InferenceError/refused(_:model:reason:)``.
  package func run() throws {
    unsafe try check { unsafe espinf_run(network, $0, $1) }
  }

  /// The outputs of the last execution, copied.
  ///
  /// - Throws: ``InferenceError``.
  package func outputs() throws -> [String: Constant] {
    var arrays: [String: Constant] = [:]
    for (index, output) in wanted.enumerated() {
      var array = unsafe espinf_array()
      unsafe try check { unsafe espinf_output(network, index, &array, $0, $1) }
      let sizes = unsafe array.sizes
      let shape = unsafe withUnsafeBytes(of: sizes) {
        unsafe $0.bindMemory(to: Int64.self).prefix(array.rank).map { Int($0) }
      }
      let type = output.type.element ?? .float32
      let expected = type.byteCount(of: shape.reduce(1, *)) ?? 0
      let memory = unsafe UnsafeRawBufferPointer(start: array.bytes, count: array.count)
      guard memory.count == expected else {
        throw InferenceError.wrongOutput(
          kind,
          model: model,
          output: output.name,
          expected: expected,
          found: memory.count
        )
      }
      arrays[output.name] = unsafe Constant(type: type, shape: shape, bytes: Bytes(copying: memory))
    }
    return arrays
  }

  private func add(_ name: String, _ array: Constant) throws(InferenceError) {
    let sizes = array.shape.map(Int64.init)
    try unsafe array.bytes.withUnsafeBytes { memory throws(InferenceError) in
      unsafe try check {
        unsafe espinf_add_input(
          network,
          name,
          array.type.rawValue,
          sizes,
          sizes.count,
          memory.baseAddress,
          memory.count,
          $0,
          $1
        )
      }
    }
  }

  private func check(
    _ call: (UnsafeMutablePointer<CChar>?, Int) -> Int32
  ) throws(InferenceError) {
    let (status, text) = unsafe Sentence.of(call)
    guard status == ESPINF_OK else { throw .refused(kind, model: model, reason: text) }
  }
}

@available(*, unavailable) extension InferenceNetwork: Sendable {}
