import CSimdJSON
import Metrics

extension COCOFile {
  /// One annotation or result.
  func row(_ index: Int) -> espjson_row { withRows { $0[index] } }
}

extension espjson_row {
  /// What makes the row unusable whatever it is for.
  func fault(needsScore: Bool) -> (DataProblem.Kind, String)? {
    // Nearly every row passes here.
    var needed = UInt32(ESPJSON_IMAGE | ESPJSON_CATEGORY | ESPJSON_BOX)
    if needsScore { needed |= UInt32(ESPJSON_SCORE) }
    if has & needed == needed {
      guard !(x + y + width + height).isFinite else {
        guard needsScore, !score.isFinite else { return nil }
        return (.brokenAnnotation, "'score' is \(score)")
      }
      return (.degenerateBox, "'bbox' holds a number that is not finite")
    }
    var members = [
      ("image_id", ESPJSON_IMAGE, "a number or a text"),
      ("category_id", ESPJSON_CATEGORY, "a number or a text"),
      ("bbox", ESPJSON_BOX, "a list of four numbers"),
    ]
    if needsScore { members.append(("score", ESPJSON_SCORE, "a number")) }
    for (name, bit, wanted) in members {
      let fault = COCOProblems.missing(
        name,
        bit,
        has: has,
        wrong: wrong,
        wanted: wanted
      )
      if let fault { return (.brokenAnnotation, fault) }
    }
    return nil
  }

  /// The labelled object; its area is the file's, or the box's where the file has none.
  func truth(image: Int, category: Int) -> TrueBox {
    TrueBox(
      image: image,
      category: category,
      box: Box(x: x, y: y, width: width, height: height),
      area: has & UInt32(ESPJSON_AREA) != 0 && !area.isNaN ? area : nil,
      isCrowd: crowd != 0
    )
  }
}
