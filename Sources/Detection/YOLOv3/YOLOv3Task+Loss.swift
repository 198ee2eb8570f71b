import Datasets
import Operators
import Tensors

extension YOLOv3Task {
  /// The sum of the scales' losses, each a sum over predictions and a mean over images.
  func loss(_ maps: [YOLOv3Map], _ truths: YOLOv3Truths) throws -> TaskLoss {
    var terms = LossTerms()
    let coverage = YOLOv3Coverage(threshold: options.ignoreThreshold)
    for map in maps {
      let targets = YOLOv3Targets(
        truths,
        map,
        options,
        ignored: try coverage.covered(truths, map)
      )
      try add(map, targets, truths, to: &terms)
    }
    return try terms.loss(
      task: Self.name,
      scale: 1 / Double(max(truths.images.count, 1)),
      names: options.scales.iou > 0 ? Self.terms : Self.terms.dropLast()
    )
  }

  private static let terms = ["position", "size", "objectness", "classes", "iou"]

  /// Adds one scale's terms, each with its factor.
  private func add(
    _ map: YOLOv3Map,
    _ targets: YOLOv3Targets,
    _ truths: YOLOv3Truths,
    to terms: inout LossTerms
  ) throws {
    let device = map.tensor.device
    let shape = [
      map.images, map.mask.count, 5 + options.classes, map.rows, map.columns,
    ]
    let planes = try map.tensor.reshaped(shape)
    let cells = [map.images, map.mask.count, map.rows, map.columns]
    try terms.add(
      "objectness",
      crossEntropy(
        planes.selected(along: 2, at: 4),
        Tensor(targets.objects, shape: cells).moved(to: device),
        weight: Tensor(targets.objectWeights, shape: cells).moved(to: device)
      ),
      times: options.scales.objectness
    )
    guard targets.count > 0 else { return }
    let rows = try predictions(planes, targets)
    let wanted = try Tensor(targets.boxes, shape: [targets.count, 4]).moved(to: device)
    let weight = try Tensor(targets.boxWeights, shape: [targets.count, 1]).moved(to: device)
    try terms.add(
      "position",
      crossEntropy(
        rows.narrowed(along: 1, from: 0, count: 2),
        wanted.narrowed(along: 1, from: 0, count: 2),
        weight: weight
      ),
      times: options.scales.position
    )
    let distance =
      try rows.narrowed(along: 1, from: 2, count: 2) - wanted.narrowed(along: 1, from: 2, count: 2)
    let size = try distance.abs() * weight
    try terms.add("size", size.sum(), times: options.scales.size)
    try terms.add(
      "classes",
      crossEntropy(
        rows.narrowed(along: 1, from: 5, count: options.classes),
        Tensor(targets.classes, shape: [targets.count, options.classes]).moved(to: device),
        weight: Tensor(targets.classWeights, shape: [targets.count, 1]).moved(to: device)
      ),
      times: options.scales.classes
    )
    guard options.scales.iou > 0 else { return }
    let iou = try YOLOv3Overlap(map, targets).iou(rows, wanted)
    let missing = try 1.0 - iou * iou
    let term = try (missing * weight).sum()
    try terms.add("iou", term, times: options.scales.iou)
  }

  /// The predictions that boxes belong to, each with its 5 + classes numbers.
  private func predictions(_ planes: Tensor, _ targets: YOLOv3Targets) throws -> Tensor {
    var places = try targets.places.map {
      try Tensor($0, shape: [$0.count]).moved(to: planes.device) as Tensor?
    }
    places.insert(nil, at: 2)
    return try planes.indexed(by: places)
  }

  /// The weighted sum of binary cross-entropies between logits and wanted probabilities.
  private func crossEntropy(
    _ logits: Tensor,
    _ wanted: Tensor,
    weight: Tensor
  ) throws -> Tensor {
    try logits.binaryCrossEntropy(with: wanted, weight: weight, .sum)
  }
}
