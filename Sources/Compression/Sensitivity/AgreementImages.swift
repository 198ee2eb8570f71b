import Graphs
import Operators
import PluginHost
package import Tensors

/// Images without labels from one array, on which a model is judged by how well its outputs agree with the original's.
///
/// An image's agreement is 1 − ‖o − t‖ / ‖t‖, averaged over the outputs, and 0 where that is negative.
package struct AgreementImages: EvaluationSet {
  private let input: String
  private let pixels: [Float]
  private let shape: [Int]
  /// The original's outputs, an image each.
  private let teacher: [[String: Tensor]]
  package let contentHash: String
  package var metricName: String { "agreement with the original" }
  package var count: Int { shape[0] }

  /// Images x channels x height x width, as the network takes them; the original runs over them once.
  ///
  /// - Throws: ``SensitivityError/unreadable(path:_:)`` where the array does not fit the model.
  package init(_ model: Model, path: String, limit: Int? = nil, device: Device = .cpu) throws {
    let bytes = try WholeFile.bytes(of: path)
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
    let size = array.shape.dropFirst().reduce(1, *)
    if let wanted = model.facts[input.name].shape, wanted.dropFirst().reduce(1, *) != size {
      throw SensitivityError.unreadable(
        path: path,
        "an image has the shape \(Array(array.shape.dropFirst())), the model wants "
          + "\(Array(wanted.dropFirst())); convert the images, or set --input-size"
      )
    }
    self.input = input.name
    pixels = Array(floats.prefix(count * size))
    shape = [count] + array.shape.dropFirst()
    contentHash = SHA256.hexadecimal(
      of: (Array("agreement \(count)\n".utf8) + bytes.elements(as: UInt8.self)).span
    )
    let session = Session(
      model.graph,
      operators: model.operators,
      device: device,
      mode: .fast,
      memory: 0
    )
    var teacher: [[String: Tensor]] = []
    for image in 0..<count {
      let tensor = try Tensor(
        Array(pixels[image * size..<(image + 1) * size]),
        shape: [1] + array.shape.dropFirst()
      )
      teacher.append(try session.run([input.name: tensor], keeping: false))
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
    for (name, output) in outputs {
      for (place, image) in images.enumerated() {
        guard let expected = teacher[image][name] else { continue }
        let found =
          images.count == 1 || output.shape.first != images.count
          ? output : try output.sliced(0, place, place + 1)
        sums[place] += try Self.agreement(found, expected)
      }
    }
    return sums.map { .agreement($0 / Double(max(outputs.count, 1))) }
  }

  package func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
    let values = records.map { record -> Double in
      if case .agreement(let value) = record { value } else { 0 }
    }
    let counted = sample.map { $0.map { values[$0] } } ?? values
    return counted.reduce(0, +) / Double(max(counted.count, 1))
  }

  private static func agreement(_ found: Tensor, _ expected: Tensor) throws -> Double {
    guard found.shape == expected.shape else { return 0 }
    let difference = try ATen.one("sub", "Tensor", found, expected)
    let norms = try [difference, expected].map {
      try ATen.one(
        "linalg_vector_norm",
        "",
        $0,
        2,
        ATenValue.none,
        false,
        ATenValue.dtype(.float64)
      )
      .doubles().first ?? 0
    }
    return norms[1] == 0 ? (norms[0] == 0 ? 1 : 0) : max(0, 1 - norms[0] / norms[1])
  }
}
