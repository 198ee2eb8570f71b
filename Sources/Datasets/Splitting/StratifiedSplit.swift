/// Parts in which classes have the shares that all images have, as far as that can be.
///
/// Classes are served from the rarest on, each image going where its class is missing most (Sechidis and others 2011); then images
/// are moved until every class that has an image for each part is in each part, where that takes no other class from one.
package struct StratifiedSplit: Sendable {
  /// The part of each image, by place.
  package private(set) var parts: [Int]
  private let classes: [Set<Int>]
  private let count: Int
  /// By part and class, how many images have it.
  private var held: [[Int: Int]]
  /// By part, how many images it has.
  private var sizes: [Int]

  /// Splits images.
  ///
  /// - Parameters:
  ///   - classes: the classes in each image.
  ///   - names: the images' names, by which the seed orders them.
  ///   - split: shares and seed.
  package init(_ classes: [Set<Int>], names: [String], _ split: SeededSplit) {
    self.classes = classes
    count = split.ratios.count
    parts = [Int](repeating: -1, count: classes.count)
    held = [[Int: Int]](repeating: [:], count: count)
    sizes = [Int](repeating: 0, count: count)
    let keys = names.map { SeededSplit.share(of: $0, seed: split.seed) }
    let order = classes.indices.sorted { (keys[$0], names[$0]) < (keys[$1], names[$1]) }
    let total = split.ratios.reduce(0, +)
    let shares = split.ratios.map { $0 / total }
    for category in Self.rarestFirst(classes) {
      let images = order.filter { classes[$0].contains(category) }
      for image in images where parts[image] < 0 {
        put(image, into: neediest(category, shares, of: images.count))
      }
    }
    for image in order where parts[image] < 0 { put(image, into: emptiest(shares)) }
    cover(order)
  }

  private static func rarestFirst(_ classes: [Set<Int>]) -> [Int] {
    let counts = classes.reduce(into: [Int: Int]()) { counts, image in
      for category in image { counts[category, default: 0] += 1 }
    }
    return counts.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
  }

  private mutating func put(_ image: Int, into part: Int) {
    if parts[image] >= 0 {
      sizes[parts[image]] -= 1
      for category in classes[image] { held[parts[image]][category, default: 0] -= 1 }
    }
    parts[image] = part
    sizes[part] += 1
    for category in classes[image] { held[part][category, default: 0] += 1 }
  }

  /// The part that lacks most of a class, of equal ones the part that lacks most images.
  private func neediest(_ category: Int, _ shares: [Double], of images: Int) -> Int {
    let lacks = (0..<count).map { shares[$0] * Double(images) - Double(held[$0][category] ?? 0) }
    let most = lacks.max() ?? 0
    let equal = (0..<count).filter { lacks[$0] == most }
    return equal.max { lack($0, shares) < lack($1, shares) } ?? 0
  }

  private func emptiest(_ shares: [Double]) -> Int {
    (0..<count).max { lack($0, shares) < lack($1, shares) } ?? 0
  }

  private func lack(_ part: Int, _ shares: [Double]) -> Double {
    shares[part] * Double(classes.count) - Double(sizes[part])
  }

  /// Moves images to parts that lack one of their classes, the rarest classes first.
  private mutating func cover(_ order: [Int]) {
    for category in Self.rarestFirst(classes) {
      let images = order.filter { classes[$0].contains(category) }
      guard images.count >= count else { continue }
      for part in 0..<count where held[part][category] ?? 0 == 0 {
        // Of images that leave every class where it is, the one whose part has most to give.
        let spare = images.filter { parts[$0] != part && isSpare($0) }
        if let image = spare.max(by: { sizes[parts[$0]] < sizes[parts[$1]] }) {
          put(image, into: part)
        }
      }
    }
  }

  /// Whether an image's part has each of its classes without it, too.
  private func isSpare(_ image: Int) -> Bool {
    classes[image].allSatisfy { held[parts[image]][$0] ?? 0 > 1 }
  }

  /// Classes that have an image for each part and are missing in one all the same.
  package var uncovered: [Int] {
    Self.rarestFirst(classes).filter { category in
      classes.count { $0.contains(category) } >= count
        && held.contains { $0[category] ?? 0 == 0 }
    }
  }
}
