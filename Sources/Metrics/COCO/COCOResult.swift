/// COCO's twelve figures, over all classes and for each.
package struct COCOResult: Sendable, Hashable {
  /// Over the classes that have objects.
  package let overall: COCOFigures
  /// By class.
  package let perClass: [COCOFigures]

  init(_ perClass: [COCOFigures]) {
    self.perClass = perClass
    overall = COCOFigures(meanOf: perClass)
  }
}

/// COCO's twelve figures; -1 where no object is asked for.
package struct COCOFigures: Sendable, Hashable {
  /// Their names, in the order of ``values``.
  package static let names = [
    "AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl",
  ]

  /// In the order of pycocotools' `stats`.
  package let values: [Double]

  /// The mean of AP at IoU 0.50 to 0.95 over objects of all sizes.
  package var ap: Double { values[0] }
  /// AP at IoU 0.50.
  package var ap50: Double { values[1] }

  /// One class, from its curves over all, small, medium and large objects.
  init(_ curves: [COCOCurve]) {
    func mean(_ values: [Double], _ asked: Int) -> Double {
      asked == 0 ? -1 : values.reduce(0, +) / Double(values.count)
    }
    let all = curves[0]
    values =
      [
        mean(all.precision, all.asked),
        mean([all.precision[0]], all.asked),
        mean([all.precision[5]], all.asked),
      ] + curves.dropFirst().map { mean($0.precision, $0.asked) }
      + (0..<3).map { mean(all.recall[$0], all.asked) }
      + curves.dropFirst().map { mean($0.recall[2], $0.asked) }
  }

  /// The mean over classes, figure by figure, of those that have it.
  init(meanOf classes: [COCOFigures]) {
    values = Self.names.indices.map { index in
      let known = classes.lazy.map { $0.values[index] }.filter { $0 > -1 }
      let (sum, count) = known.reduce((0.0, 0)) { ($0.0 + $1, $0.1 + 1) }
      return count == 0 ? -1 : sum / Double(count)
    }
  }
}
