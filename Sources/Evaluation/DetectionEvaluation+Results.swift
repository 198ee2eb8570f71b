import Datasets
package import Files
import Metrics

extension DetectionEvaluation {
  /// Boxes in COCO's results format: an array of image_id, category_id, bbox and score.
  ///
  /// Image ids are the data set's, as numbers or texts as they are there, and as numbers where a stem is one; class ids are places in the list of classes plus 1.
  package func cocoResults(_ records: [ImageRecord]) throws -> JSONValue {
    .array(
      try detections(records).map { detection in
        let entry = images.dataset.entries[detection.image]
        let box = detection.box
        return [
          "image_id": Self.imageID(entry),
          "category_id": .int(detection.category + 1),
          "bbox": .array([box.x, box.y, box.width, box.height].map { .double($0) }),
          "score": .double(detection.score),
        ]
      }
    )
  }

  private static func imageID(_ entry: Dataset.Entry) -> JSONValue {
    switch entry.idForm {
    case .text: .string(entry.id)
    case .number: .digits(entry.id)
    case .stem:
      Int(entry.id).map { "\($0)" == entry.id ? .int($0) : .string(entry.id) } ?? .string(entry.id)
    }
  }
}
