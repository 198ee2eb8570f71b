package import Graphs
import Operators

/// The inputs that a model wants, and whether arrays fit them.
package struct ModelInputs: Sendable {
  private let model: Model

  /// The inputs of a model.
  package init(_ model: Model) { self.model = model }

  /// Arrays drawn for every required input that `given` lacks.
  ///
  /// - Throws: ``RunFailure/notDrawable(_:_:)`` for sizes that are open and types without random numbers.
  package func drawing(
    seed: UInt64,
    beside given: [String: Constant]
  ) throws(RunFailure) -> [String: Constant] {
    var arrays = given
    for input in model.graph.requiredInputs where arrays[input.name] == nil {
      guard let shape = model.facts[input.name].shape else {
        throw .notDrawable(input.name, "its shape is \(wanted(input)); set --input-size")
      }
      let type = input.type.element ?? .float32
      guard let array = RandomArray.draw(type, shape: shape, seed: seed, name: input.name) else {
        throw .notDrawable(input.name, "its type is \(type)")
      }
      arrays[input.name] = array
    }
    return arrays
  }

  /// The arrays, if there is one for each required input, of its type and a shape that it takes.
  package func checked(_ arrays: [String: Constant]) throws(RunFailure) -> [String: Constant] {
    let missing = model.graph.requiredInputs.filter { arrays[$0.name] == nil }
    guard missing.isEmpty else {
      throw .missingInputs(
        missing.map { "'\($0.name)' (\($0.type.element ?? .float32), \(wanted($0)))" }
      )
    }
    let known = model.graph.inputs.map(\.name)
    for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
      guard let input = model.graph.inputs.first(where: { $0.name == name }) else {
        throw .unknownInput(name, nearest: Graphs.nearest(to: name, in: known), known: known)
      }
      if let type = input.type.element, type != array.type {
        throw .wrongType(name, found: array.type, wanted: type)
      }
      guard let dimensions = input.type.shape?.dimensions else { continue }
      let fits =
        dimensions.count == array.shape.count
        && zip(dimensions, array.shape).allSatisfy {
          $0.value.map { [size = $1] in $0 == size } ?? true
        }
      guard fits else { throw .wrongShape(name, found: array.shape, wanted: wanted(input)) }
    }
    return arrays
  }

  private func wanted(_ input: ValueInfo) -> String {
    input.type.shape.map { "\($0)" } ?? "any shape"
  }
}
