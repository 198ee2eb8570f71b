import Datasets
import Foundation
import Metrics
import TestSupport

extension ScratchFolder {
  /// Writes a text, and the folders that it lies in.
  func put(_ text: String, at name: String) throws { try put(Array(text.utf8), at: name) }

  /// Writes bytes, and the folders that they lie in.
  func put(_ bytes: [UInt8], at name: String) throws {
    let url = URL(filePath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: url)
  }

  /// Writes a small picture, a JPEG whatever its name.
  func image(_ name: String, _ width: Int = 40, _ height: Int = 20) throws {
    let seed = name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
    try put(Pictures.noise(width, height, seed: seed).jpeg(quality: 80), at: name)
  }

  var root: String { url.path }

  /// The names below a folder, sorted.
  func tree(_ name: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path(name)).sorted()
  }
}

/// Boxes as they are compared: image, class, and edges to a thousandth of a pixel.
func boxLines(_ dataset: Dataset) -> [String] {
  dataset.entries.flatMap { entry in
    entry.objects.map { object in
      let box = object.box
      let edges = [box.x, box.y, box.width, box.height].map { ($0 * 1000).rounded() / 1000 + 0 }
      return "\(entry.id) \(dataset.classes[object.category]) \(edges)"
    }
  }.sorted()
}
