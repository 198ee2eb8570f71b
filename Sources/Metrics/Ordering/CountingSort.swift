/// Places sorted by small whole numbers, stable and in linear time.
enum CountingSort {
  /// The places `0..<count` by class, then by image, then as they stand.
  ///
  /// - Parameters:
  ///   - count: how many things there are.
  ///   - images: how many images.
  ///   - classes: how many classes.
  ///   - image: the image of a thing, below `images`.
  ///   - category: the class of a thing, below `classes`.
  /// - Returns: the places, and where each class begins in them, one more than there are classes.
  /// - Complexity: O(count + images + classes)
  static func byClassAndImage(
    count: Int,
    images: Int,
    classes: Int,
    image: (Int) -> Int,
    category: (Int) -> Int
  ) -> (places: [Int32], starts: [Int]) {
    var byImage = [Int32](repeating: 0, count: count)
    var cursors = starts(count, buckets: images, of: image)
    for place in 0..<count {
      let bucket = image(place)
      byImage[cursors[bucket]] = Int32(truncatingIfNeeded: place)
      cursors[bucket] += 1
    }
    let classStarts = starts(count, buckets: classes, of: category)
    var result = [Int32](repeating: 0, count: count)
    cursors = classStarts
    for place in byImage {
      let bucket = category(Int(place))
      result[cursors[bucket]] = place
      cursors[bucket] += 1
    }
    return (result, classStarts)
  }

  private static func starts(_ count: Int, buckets: Int, of bucket: (Int) -> Int) -> [Int] {
    var starts = [Int](repeating: 0, count: buckets + 1)
    for place in 0..<count { starts[bucket(place) + 1] += 1 }
    for index in 0..<buckets { starts[index + 1] += starts[index] }
    return starts
  }
}
