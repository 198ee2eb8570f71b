import Datasets
import Metrics

extension DetectionEvaluation {
  /// Boxes in COCO's results format: an array of image_id, category_id, bbox and score.
  ///
  /// Image ids are the data set's, as numbers where they are numbers; class ids are places in the list of classes plus 1.
  package func cocoResults(_ records: [ImageRecord]) throws -> JSONValue {
    .array(
      try detections(records).map { detection in
        let id = images.dataset.entries[detection.image].id
        let box = detection.box
        return [
          "image_id": Int(id).map { "\($0)" == id ? .int($0) : .string(id) } ?? .string(id),
          "category_id": .int(detection.category + 1),
          "bbox": .array([box.x, box.y, box.width, box.height].map { .double($0) }),
          "score": .double(detection.score),
        ]
      }
    )
  }
}
