package import Evaluation
import Files
import Graphs
import ModelFormats
package import Models
import Operators
package import Tensors

/// Images without labels from one array, on which a model is judged by how well its outputs agree with the original's.
///
/// An image's agreement is 1 − ‖o − t‖ / ‖t‖, averaged over the outputs of floats, and 0 where that is negative.
package struct AgreementImages: EvaluationSet {
  private let input: String
  private let pixels: [Float]
  private let shape: [Int]
  private let compared: ComparedOutputs
  /// The original's outputs, an image each.
  private let teacher: [[String: Tensor]]
  package let contentHash: String
  package var metricName: String { "agreement with the original" }
  package var count: Int { shape[0] }
  package var leftOut: [ComparedOutputs.LeftOut] { compared.leftOut }

  /// Images x channels x height x width, as the network takes them; the original runs over them once.
  ///
  /// - Throws: ``SensitivityError/unreadable(path:_:)`` where the array does not fit the model; ``ComparedOutputs/Missing``.
  package init(_ model: Model, path: String, limit: Int? = nil, device: Device = .cpu) throws {
    let bytes = try File.bytes(of: path)
    let array: Constant
    do { array = try NPY.decode(bytes) } catch {
      throw SensitivityError.unreadable(path: path, "\(error)")
    }
    guard let floats = array.floats, array.type == .float32, array.shape.count > 1,
      array.shape[0] > 0
    else {
      throw SensitivityError.unreadable(
        path: path,
        "it holds \(array.type) of shape \(array.shape); wanted float32, images first, as the network takes them"
      )
    }
    guard let input = model.graph.requiredInputs.first, model.graph.requiredInputs.count == 1 else {
      throw SensitivityError.unreadable(path: path, "the model has several inputs; this needs one")
    }
    let count = min(limit ?? array.shape[0], array.shape[0])
    let image = Array(array.shape.dropFirst())
    let size = image.reduce(1, *)
    if let wanted = model.facts[input.name].shape, wanted.dropFirst().reduce(1, *) != size {
      throw SensitivityError.unreadable(
        path: path,
        "an image has the shape \(image), the model wants "
          + "\(Array(wanted.dropFirst())); convert the images, or set --input-size"
      )
    }
    self.input = input.name
    pixels = Array(floats.prefix(count * size))
    shape = [count] + image
    let fixed = model.fixedBatch()
    let batch = fixed?.count ?? 1
    var sizes = model.facts.sizes
    sizes.inputs[input.name] = [batch] + image
    let compared = ComparedOutputs(
      of: model,
      facts: try? GraphFacts(model.graph, operators: model.operators, sizes: sizes)
    )
    try compared.require()
    self.compared = compared
    contentHash = Self.hash(bytes.elements(as: UInt8.self), count, compared)
    let session = Session(
      model.graph,
      operators: model.operators,
      device: device,
      mode: .fast,
      memory: 0
    )
    let passes = BatchPasses(fixed)
    var teacher: [[String: Tensor]] = []
    for start in stride(from: 0, to: count, by: batch) {
      let end = min(start + batch, count)
      let part = Array(pixels[start * size..<end * size])
      let given = [input.name: try Tensor(part, shape: [end - start] + image)]
      let made = try passes.outputs(of: given) { try session.run($0, keeping: false) }
      for place in 0..<end - start {
        var own: [String: Tensor] = [:]
        for name in compared.names {
          own[name] = try made[name].map { try Self.part($0, place, of: end - start) }
        }
        teacher.append(own)
      }
    }
    self.teacher = teacher
  }

  package func inputs(_ images: Range<Int>) throws -> [String: Tensor] {
    let size = shape.dropFirst().reduce(1, *)
    let part = Array(pixels[images.lowerBound * size..<images.upperBound * size])
    return [input: try Tensor(part, shape: [images.count] + shape.dropFirst())]
  }

  package func records(
    _ outputs: [String: Tensor],
    _ images: Range<Int>
  ) throws -> [ImageRecord] {
    var sums = [Double](repeating: 0, count: images.count)
    for name in compared.names {
      guard let output = outputs[name] else { continue }
      for (place, image) in images.enumerated() {
        guard let expected = teacher[image][name] else { continue }
        let found = try Self.part(output, place, of: images.count)
        guard !compared.areUncertain || found.shape == expected.shape else {
          throw SensitivityError.unlike(
            output: name,
            found: found.shape,
            wanted: expected.shape
          )
        }
        sums[place] += try Self.agreement(found, expected)
      }
    }
    return sums.map { .agreement($0 / Double(max(compared.names.count, 1))) }
  }

  package func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
    let values = records.map { record -> Double in
      if case .agreement(let value) = record { value } else { 0 }
    }
    let counted = sample.map { $0.map { values[$0] } } ?? values
    return counted.reduce(0, +) / Double(max(counted.count, 1))
  }

  /// An image's rows of an output; all of it where rows are not shared out evenly.
  private static func part(_ output: Tensor, _ place: Int, of images: Int) throws -> Tensor {
    guard images > 1, let rows = output.shape.first, rows.isMultiple(of: images) else {
      return output
    }
    let each = rows / images
    return try output.sliced(along: 0, from: place * each, to: (place + 1) * each)
  }

  private static func hash(_ bytes: [UInt8], _ count: Int, _ compared: ComparedOutputs) -> String {
    var text = "agreement \(count)\n"
    for output in compared.leftOut { text += "without \(output.output)\n" }
    return SHA256.hexadecimal(of: (Array(text.utf8) + bytes).span)
  }

  private static func agreement(_ found: Tensor, _ expected: Tensor) throws -> Double {
    guard found.shape == expected.shape else { return 0 }
    let difference = try found - expected
    let norms = try [difference, expected].map {
      try $0.length(as: .float64).doubles().first ?? 0
    }
    return norms[1] == 0 ? (norms[0] == 0 ? 1 : 0) : max(0, 1 - norms[0] / norms[1])
  }
}
