import Datasets
import Files
import Graphs
import ModelFormats
import Models
import Operators
import Tensors

/// A teacher's values on disk, by what decides them: the network, the names, the type, and an image's numbers.
///
/// A data set's values outgrow memory and outlive a run, so they lie in files that any run with the same teacher reads; values that are
/// kept in memory are ``FloatValues``.
struct TeacherCache: Sendable {
  private let folder: String
  private let names: [String]
  private let model: String

  init(_ folder: String, of model: Model, names: [String], precision: String) throws {
    self.names = names
    self.model = model.name
    let key = "\(try Self.digest(of: model)) \(precision) \(names.joined(separator: "\n"))"
    self.folder = "\(folder)/\(SHA256.hexadecimal(of: Array(key.utf8).span).prefix(24))"
    try Folder.make(self.folder)
  }

  static func digest(of model: Model) throws -> String {
    SHA256.hexadecimal(of: try ONNX.encode(model.graph).elements(as: UInt8.self).span)
  }

  /// The key of each image of a batch.
  func keys(of batch: ImageBatch) -> [String] {
    let each = batch.pixels.count / max(batch.count, 1)
    return (0..<batch.count).map { image in
      let hash = unsafe batch.pixels[image * each..<(image + 1) * each].withUnsafeBytes { bytes in
        unsafe SHA256.hexadecimal(of: bytes.bindMemory(to: UInt8.self).span)
      }
      return "\(batch.size.width)x\(batch.size.height)-\(hash)"
    }
  }

  /// The values of a batch; nil where one of its images is not there, or damaged.
  func read(_ keys: [String]) throws -> [String: Tensor]? {
    var parts: [String: [Tensor]] = [:]
    for key in keys {
      let path = path(of: key)
      guard File.exists(path), let file = try? Safetensors.read(path) else { return nil }
      for (name, array) in file.arrays {
        parts[name, default: []].append(try array.tensor(on: .cpu))
      }
    }
    guard names.allSatisfy({ parts[$0]?.count == keys.count }) else { return nil }
    return try parts.mapValues { try Tensor.concatenated($0, along: 0) }
  }

  /// Keeps the values of a batch, an image a file.
  func write(_ values: [String: Tensor], _ keys: [String]) throws {
    for (index, key) in keys.enumerated() {
      let path = path(of: key)
      if File.exists(path) { continue }
      var arrays: [(name: String, array: Constant)] = []
      for name in names {
        guard let value = values[name] else { continue }
        guard value.shape.first == keys.count else {
          throw DistillError.uncachable(
            model: model,
            value: name,
            shape: value.shape,
            images: keys.count
          )
        }
        let part = try value.narrowed(along: 0, from: index, count: 1)
        arrays.append((name, try part.contiguous().moved(to: .cpu).constant()))
      }
      try Safetensors(arrays: arrays).write(to: path)
    }
  }

  private func path(of key: String) -> String { "\(folder)/\(key).safetensors" }
}
