/// The truths of every class, image by image, in flat lists.
struct ClassTruths: Sendable {
  /// The boxes by class, then by image, then as they stand.
  let boxes: [TrueBox]
  /// Where each class begins in ``boxes``, and where the last ends.
  let starts: [Int]

  init(_ truths: [TrueBox], images: Int, classes: Int) {
    let sorted = CountingSort.byClassAndImage(
      count: truths.count,
      images: images,
      classes: classes,
      image: { truths[$0].image },
      category: { truths[$0].category }
    )
    boxes = sorted.places.map { truths[Int($0)] }
    starts = sorted.starts
  }

  /// The places of one class's boxes.
  func range(of category: Int) -> Range<Int> { starts[category]..<starts[category + 1] }

  /// The first place of a class from which on no box lies in an earlier image.
  func firstPlace(of category: Int, image: Int) -> Int {
    var low = starts[category]
    var high = starts[category + 1]
    while low < high {
      let middle = (low + high) / 2
      if boxes[middle].image < image { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
