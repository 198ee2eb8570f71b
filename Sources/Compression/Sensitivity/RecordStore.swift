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
