package import Datasets
import Graphs

/// A kind of head, and all that is known of it before there are outputs.
///
/// Adding a head is adding a value, beside the conformance to ``Head`` that it makes, and its name to ``all``.
package struct HeadKind: Listed {
  package let name: String
  /// What help and docs say of it, in a sentence.
  package let doc: String
  /// How its networks' images are prepared, where nobody says otherwise.
  package let preparation: @Sendable (NetworkInterface) -> ImagePreparation
  /// Which boxes are kept, where nobody says otherwise.
  package let selection: BoxSelection
  /// Whether a network has the head.
  package let match: @Sendable (NetworkInterface) -> HeadMatch
  private let make: @Sendable (NetworkInterface, HeadOptions) throws -> any Head

  /// - Parameters:
  ///   - name: of the head.
  ///   - doc: a sentence.
  ///   - preparation: of images.
  ///   - selection: of boxes.
  ///   - match: whether a network has it, and why.
  ///   - make: the head of a network, of which `match` said that it fits or a recipe did.
  package init(
    _ name: String,
    doc: String,
    preparation: @escaping @Sendable (NetworkInterface) -> ImagePreparation,
    selection: BoxSelection = BoxSelection(),
    match: @escaping @Sendable (NetworkInterface) -> HeadMatch,
    make: @escaping @Sendable (NetworkInterface, HeadOptions) throws -> any Head
  ) {
    self.name = name
    self.doc = doc
    self.preparation = preparation
    self.selection = selection
    self.match = match
    self.make = make
  }

  /// The head of a network.
  ///
  /// - Throws: ``DetectionError`` where network and options make none.
  package func head(_ network: NetworkInterface, _ options: HeadOptions) throws -> any Head {
    try make(network, options)
  }
}

/// Whether a network has a head.
package enum HeadMatch: Sendable, Hashable {
  /// It has, and why: what was seen, such as `output0 1x84x8400: 4 numbers and 80 classes for 8400 cells`.
  case fits(String)
  /// It has not: what does not fit, and how many of the head's marks do.
  case misses(String, marks: Int)
}

extension HeadKind {
  /// The heads that there are; where several fit, the first is taken.
  package static let all: [HeadKind] = [
    .yunet, .scrfd, .retinaface, .ultraface, .blazeface, .triples, .nms, .detr, .yolov10, .yolov8,
    .gfl, .yolov5, .yolox, .ssd,
  ]

  /// The head that a network shows, and why.
  ///
  /// - Throws: ``DetectionError/unrecognized(outputs:nearest:reason:)`` with the nearest one where none fits.
  package static func recognized(
    _ network: NetworkInterface
  ) throws(DetectionError) -> (kind: HeadKind, reason: String) {
    var nearest: (kind: HeadKind, reason: String, marks: Int)?
    for kind in all {
      switch kind.match(network) {
      case .fits(let reason): return (kind, reason)
      case .misses(let reason, let marks):
        if marks > nearest?.marks ?? -1 { nearest = (kind, reason, marks) }
      }
    }
    throw .unrecognized(
      outputs: network.outputText,
      nearest: nearest.flatMap { $0.marks > 0 ? $0.kind.name : nil },
      reason: nearest?.reason ?? ""
    )
  }

  /// Such as `80 classes`.
  static func counted(_ classes: Int) -> String { classes == 1 ? "1 class" : "\(classes) classes" }
}
