package import Datasets
import Files
import Graphs
import ModelFormats
package import Models
import Operators
package import Tensors

/// Inputs of a network that calibration runs over, one image or batch at a time.
package protocol CalibrationImages: Sendable {
  /// How many runs there are.
  var count: Int { get }
  /// Images in every run.
  var batch: Int { get }
  /// The tensors of the network's inputs.
  func inputs(_ index: Int) throws -> [String: Tensor]
  /// The images of a run that count; what follows them repeats the last one, so that the run is full.
  func images(_ index: Int) -> Int
}

extension CalibrationImages {
  package var batch: Int { 1 }
  package func images(_ index: Int) -> Int { batch }
}

/// Images of a data set, resized to the network's input.
package struct CalibrationPictures: CalibrationImages {
  private let images: EvaluationImages
  private let order: [Int]
  private let input: String
  package let batch: Int

  /// Takes up to `limit` images, evenly from the whole of the list.
  ///
  /// - Parameters:
  ///   - images: the list.
  ///   - input: the name of the network's input.
  ///   - limit: how many to take.
  ///   - batch: images of a run.
  package init(_ images: EvaluationImages, input: String, limit: Int, batch: Int = 1) {
    self.images = images
    self.input = input
    self.batch = batch
    let taken = min(limit, images.count)
    order = (0..<taken).map { $0 * images.count / max(1, taken) }
  }

  package var count: Int { (order.count + batch - 1) / batch }

  package func images(_ index: Int) -> Int { min(batch, order.count - index * batch) }

  package func inputs(_ index: Int) throws -> [String: Tensor] {
    var pixels: [Float] = []
    for place in order[index * batch..<index * batch + images(index)] {
      pixels += try images.batch(place..<place + 1).pixels
    }
    let shape = [images(index), 3, images.size.height, images.size.width]
    return try BatchPasses(batch).filled([input: Tensor(pixels, shape: shape)])
  }
}

/// Inputs from NumPy files: one array with the images first, or a folder with an array an image.
package struct CalibrationArrays: CalibrationImages {
  private let input: String
  private let arrays: [Constant]
  package let batch: Int

  /// Reads `path`; a folder's arrays are taken in the order of their names.
  ///
  /// - Throws: ``CalibrationError/unreadable(path:reason:)`` for what is no float32 array that fits the model.
  package init(_ model: Model, path: String, limit: Int) throws {
    guard let input = model.calibratedInput else {
      throw ImageInputError(inputs: model.graph.requiredInputs.map(\.name))
    }
    self.input = input.name
    let wanted = model.facts[input.name].sizes
    let batch = model.fixedBatch()?.count ?? model.statedBatch(of: input) ?? 1
    self.batch = batch
    let files =
      path.hasSuffix(".npy")
      ? [path]
      : try Folder.names(in: path).filter { $0.hasSuffix(".npy") }.sorted().map {
        "\(path)/\($0)"
      }
    var arrays: [Constant] = []
    var images = 0
    for file in files where images < limit {
      let array: Constant
      do { array = try NPY.decode(try File.bytes(of: file)) } catch let error as NPYError {
        throw CalibrationError.unreadable(path: file, reason: "\(error)")
      }
      guard array.type == .float32 else {
        throw CalibrationError.unreadable(path: file, reason: "it holds \(array.type), not float32")
      }
      let fitting = try Self.images(array, wanted: wanted, most: limit - images, file)
      images += fitting.shape[0]
      arrays += Self.pieces(of: fitting, batch)
    }
    guard !arrays.isEmpty else {
      throw CalibrationError.unreadable(path: path, reason: "there is no .npy file")
    }
    self.arrays = arrays
  }

  package var count: Int { arrays.count }

  package func images(_ index: Int) -> Int { arrays[index].shape[0] }

  package func inputs(_ index: Int) throws -> [String: Tensor] {
    try BatchPasses(batch).filled([input: arrays[index].tensor()])
  }

  /// The first images of an array that fits the model.
  private static func images(
    _ array: Constant,
    wanted: [Int?]?,
    most: Int,
    _ file: String
  ) throws -> Constant {
    var array = array
    if let wanted, array.shape.count == wanted.count - 1 { array.shape.insert(1, at: 0) }
    let matches = wanted.map { sizes in
      sizes.count == array.shape.count
        && zip(sizes, array.shape).dropFirst().allSatisfy { wanted, found in
          wanted.map { $0 == found } ?? true
        }
    }
    guard matches ?? true, array.shape.count > 1, array.shape[0] > 0 else {
      let text = wanted.map { $0.map { $0.map(String.init) ?? "?" }.joined(separator: "x") }
      throw CalibrationError.unreadable(
        path: file,
        reason: "it has the shape \(Shape(array.shape)), the model wants \(text ?? "another")"
      )
    }
    return part(of: array, 0..<min(most, array.shape[0]))
  }

  /// An array cut along its first axis into pieces of a batch; the last may have fewer images.
  private static func pieces(of array: Constant, _ batch: Int) -> [Constant] {
    stride(from: 0, to: array.shape[0], by: batch).map {
      part(of: array, $0..<min($0 + batch, array.shape[0]))
    }
  }

  private static func part(of array: Constant, _ images: Range<Int>) -> Constant {
    let size = array.shape.dropFirst().reduce(4, *)
    return Constant(
      type: .float32,
      shape: [images.count] + array.shape.dropFirst(),
      bytes: array.bytes[images.lowerBound * size..<images.upperBound * size]
    )
  }
}

/// Why a network cannot be calibrated.
package enum CalibrationError: Error, Sendable, Hashable {
  case unreadable(path: String, reason: String)
  case noImages
  /// A tensor held values that are infinite or no numbers.
  case notFinite(value: String, count: Int)
  /// A size of the input is open.
  case openSize(input: String)
  case normalization(String)
  /// Nothing says how images become the network's input.
  case unknownPreparation(outputs: String)
}

extension CalibrationError: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path) cannot be used for calibration: \(reason)"
    case .noImages:
      "there are no images to calibrate with; name a folder of images, or .npy files of inputs"
    case .notFinite(let value, let count):
      "the value '\(value)' had \(count) elements that are infinite or no numbers during calibration; "
        + "check the normalization of the images, or leave the layer float with 'skip'"
    case .openSize(let input):
      "the size of the input '\(input)' is open; set --input-size"
    case .normalization(let text):
      "'\(text)' is no normalization: take one of \(CalibrationNormalization.names.joined(separator: ", ")), "
        + "or order:divisor:means:deviations such as bgr:1:104,117,123:1,1,1"
    case .unknownPreparation(let outputs):
      "nothing says how images become the network's input: no head is known that makes these outputs: \(outputs); "
        + "name the normalization (--normalization, or 'normalization' of the data), such as \(CalibrationNormalization.names.joined(separator: ", ")), "
        + "or the recipe's 'task'"
    }
  }
}
