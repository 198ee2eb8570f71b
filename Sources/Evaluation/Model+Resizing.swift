package import Datasets
package import Graphs
package import Models
import Operators

extension Model {
  /// The name of the one input that takes images.
  ///
  /// - Throws: ``EvaluationError/input(model:_:)`` for a network that is fed otherwise.
  package var imageInput: String {
    get throws(EvaluationError) {
      let inputs = graph.requiredInputs
      guard let input = inputs.count == 1 ? inputs.first : calibratedInput else {
        let names = inputs.map { "'\($0.name)'" }.joined(separator: ", ")
        throw .input(model: name, "it has \(inputs.count) inputs (\(names)); images feed one")
      }
      guard input.type.shape?.rank ?? 4 == 4, facts[input.name].sizes?[1] ?? 3 == 3 else {
        throw .input(
          model: name,
          "input '\(input.name)' is \(input.type.shape.map { "\($0)" } ?? "of unknown shape"); "
            + "images are batch x 3 x height x width"
        )
      }
      return input.name
    }
  }

  /// The size of the images that the model states, where it does.
  package var imageSize: PixelSize? {
    get throws(EvaluationError) {
      let input = try imageInput
      guard
        let dimensions = graph.requiredInputs.first(where: { $0.name == input })?.type.shape?
          .dimensions, case .known(let height) = dimensions[2],
        case .known(let width) = dimensions[3]
      else { return nil }
      return PixelSize(width: width, height: height)
    }
  }

  /// The number of images that the model's first input states, where it does; nodes may take others all the same.
  package var statedBatch: Int? { graph.requiredInputs.first.flatMap(statedBatch) }

  /// The number of images that an input states, where it does.
  package func statedBatch(of input: ValueInfo) -> Int? {
    guard case .known(let count)? = input.type.shape?.dimensions.first, count > 0 else {
      return nil
    }
    return count
  }

  /// The model for batches of images of a size: the stated size gives way where no node depends on it.
  ///
  /// - Throws: ``EvaluationError/input(model:_:)`` where a node does.
  package func resized(
    batch: Int,
    to size: PixelSize
  ) throws(EvaluationError) -> Model {
    let input = try imageInput
    var open = graph
    let shape = [batch, 3, size.height, size.width]
    for index in open.inputs.indices where open.inputs[index].name == input {
      open.inputs[index].type.shape = Shape(shape)
    }
    for index in open.outputs.indices { open.outputs[index].type.shape = nil }
    do {
      return try Model(name, open, sizes: InputSizes(image: shape), operators: operators)
    } catch {
      let stated = try imageSize.map { "\($0.height)x\($0.width)" } ?? "open"
      throw .input(
        model: name,
        "it does not take \(batch) images of \(size.height)x\(size.width) (its input is stated as "
          + "\(stated), batch \(statedBatch.map(String.init) ?? "open")): \(error)"
      )
    }
  }
}
