package import Evaluation
import Files
import Graphs
import ModelFormats
package import Models
import Operators

/// Where what was measured is kept, image by image, so that no work is done twice.
package protocol RecordStore: AnyObject {
  /// The records of some images under a cut; nil unless all are there.
  func records(of cut: String, _ images: Range<Int>) throws -> [ImageRecord]?

  /// Keeps the records of some images under a cut, all of them or none.
  func save(_ records: [ImageRecord], of cut: String, _ images: Range<Int>) throws
}

/// Records kept for the life of the process.
package final class RecordMemory: RecordStore {
  private var table: [String: [Int: ImageRecord]] = [:]

  package init() {}

  package func records(of cut: String, _ images: Range<Int>) throws -> [ImageRecord]? {
    guard let known = table[cut] else { return nil }
    let found = images.compactMap { known[$0] }
    return found.count == images.count ? found : nil
  }

  package func save(_ records: [ImageRecord], of cut: String, _ images: Range<Int>) throws {
    for (image, record) in zip(images, records) { table[cut, default: [:]][image] = record }
  }
}

@available(*, unavailable) extension RecordMemory: Sendable {}

/// What decides a record, as one hash: model, images, and how many images go through the network at once.
package enum RecordContext {
  /// The hash of a model and what it is judged on.
  ///
  /// - Parameters:
  ///   - model: its hash.
  ///   - images: the hash of their content, of the task and the metric.
  ///   - batch: images at once.
  /// - Returns: the SHA-256, hexadecimal.
  package static func hash(model: String, images: String, batch: Int) -> String {
    SHA256.hexadecimal(of: Array("1\n\(model)\n\(images)\n\(batch)".utf8).span)
  }

  /// The SHA-256 of a model's graph and weights.
  package static func hash(of model: Model) throws -> String {
    var graph = try model.operators.exported(model.graph)
    // Who wrote a file is no part of what it computes.
    graph.model.metadata = [:]
    return SHA256.hexadecimal(of: try ONNX.encode(graph).elements(as: UInt8.self).span)
  }
}
