internal import Files
internal import Graphs
internal import Metrics

/// The parts of images that nobody has put into lists: each image's part follows from its name and a seed.
///
/// An image that is added moves no other to another part.
package struct SeededSplit: Sendable, Hashable {
  /// The name of all images together.
  package static let whole = "all"
  /// The parts that there may be, in the order of ``ratios``.
  package static let names = ["train", "val", "test"]
  /// Eight tenths, one, and one, by seed 0.
  package static let standard = SeededSplit(ratios: [0.8, 0.1, 0.1], seed: 0)

  /// The parts' shares; what they are of their sum counts.
  package let ratios: [Double]
  package let seed: Int

  /// Two or three shares above zero, and a seed.
  package init(ratios: [Double], seed: Int) {
    self.ratios = ratios
    self.seed = seed
  }

  /// Whether shares can be used: two or three, each above zero.
  package static func allows(_ ratios: [Double]) -> Bool {
    (2...names.count).contains(ratios.count) && ratios.allSatisfy { $0 > 0 && $0.isFinite }
  }

  /// The parts that there are.
  package var parts: [String] { Array(Self.names.prefix(ratios.count)) }

  /// The part of an image, by its name without folder and ending.
  package func part(of stem: String) -> String {
    let total = ratios.reduce(0, +)
    let share = Self.share(of: stem, seed: seed)
    var edge = 0.0
    for (part, ratio) in zip(parts, ratios) {
      edge += ratio / total
      if share < edge { return part }
    }
    return parts.last ?? Self.whole
  }

  /// A number from 0 to below 1 for a name, even over names.
  static func share(of name: String, seed: Int) -> Double {
    let digits = SHA256.hexadecimal(of: Array("\(seed) \(name)".utf8).span).prefix(13)
    return Double(UInt64(digits, radix: 16) ?? 0) / Double(UInt64(1) << 52)
  }
}

extension SeededSplit {
  /// The names that fall to a part; all of them to ``whole``.
  ///
  /// - Parameters:
  ///   - stems: the images' names.
  ///   - list: the part.
  ///   - root: what has no lists, for the message.
  /// - Returns: the places of the names, and what is to be said of it.
  /// - Throws: ``DataError`` where there is no such part, or nothing falls to it.
  func places(
    _ stems: [String],
    in list: String,
    of root: String
  ) throws(DataError) -> (places: [Int], note: String?) {
    guard list != Self.whole else { return (Array(stems.indices), nil) }
    guard parts.contains(list) else {
      throw .missing(
        path: root,
        wanted:
          "a list '\(list)'; there are no lists, so that \(alternatives(parts + [Self.whole])) can be asked for"
      )
    }
    let places = stems.indices.filter { part(of: stems[$0]) == list }
    guard !places.isEmpty else {
      throw .empty(
        path: root,
        reason:
          "there are no lists, and none of its \(stems.count) images falls to '\(list)' by seed \(seed); "
          + "give 'split' another seed, or let 'espalier data split' write lists"
      )
    }
    return (places, note(places.count, of: stems.count, list))
  }

  /// What is said of images that a seed has put into a part.
  func note(_ count: Int, of all: Int, _ list: String) -> String {
    "there are no lists: \(count) of \(all) images are '\(list)' by their names and seed \(seed) "
      + "(\(ratios.map { "\($0)" }.joined(separator: ", "))); 'espalier data split' writes lists"
  }
}

extension Dataset {
  /// Some of the entries, in order.
  package func choosing(_ places: [Int]) -> Dataset {
    var chosen = self
    chosen.entries = places.enumerated().map { image, place in
      var entry = entries[place]
      for object in entry.objects.indices { entry.objects[object].image = image }
      return entry
    }
    return chosen
  }

  /// What falls to a part of images without lists.
  ///
  /// - Throws: as ``SeededSplit/places(_:in:of:)``.
  func choosing(_ list: String, by split: SeededSplit, of root: String) throws(DataError) -> Dataset
  {
    let stems = entries.map { FilePath.stem(of: $0.path) }
    let (places, note) = try split.places(stems, in: list, of: root)
    var chosen = choosing(places)
    if let note { chosen.notes.append(note) }
    return chosen
  }
}

extension SeededSplit {
  /// The parts of images without lists; parts that nothing falls to are not there.
  package func parts(of whole: Dataset) -> [(part: String, dataset: Dataset)] {
    let stems = whole.entries.map { FilePath.stem(of: $0.path) }
    var counts: [String] = []
    var split: [(part: String, dataset: Dataset)] = parts.compactMap { name in
      let places = stems.indices.filter { part(of: stems[$0]) == name }
      guard !places.isEmpty else { return nil }
      var dataset = whole.choosing(places)
      // What is wrong is told once.
      if !counts.isEmpty { (dataset.problems, dataset.notes) = ([], []) }
      counts.append("\(places.count) '\(name)'")
      return (name, dataset)
    }
    guard !split.isEmpty else { return [] }
    split[0].dataset.notes.append(
      "there are no lists: of \(stems.count) images \(counts.joined(separator: ", ")) by their names and seed \(seed)"
    )
    return split
  }
}
