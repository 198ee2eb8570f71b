internal import Files
internal import Graphs
package import Metrics

/// A data set's parts as another format is to have them: images with names of their own, boxes that cover their pixels whole.
package struct ConvertedSet: Sendable {
  /// An image and what is labelled in it.
  package struct Item: Sendable, Hashable {
    /// The image's file.
    package var source: String
    /// Its name in the new set, without ending; no two images share one.
    package var stem: String
    /// Its ending, in small letters.
    package var ending: String
    package var size: PixelSize
    package var objects: [TrueBox]
    /// The number by which results speak of it, where it has one.
    package var number: Int?

    package var name: String { stem + ending }
  }

  /// A list of images.
  package struct Part: Sendable, Hashable {
    package var name: String
    package var items: [Item]

    /// How many boxes there are.
    package var boxes: Int { items.reduce(0) { $0 + $1.objects.count } }
  }

  package private(set) var classes: [String] = []
  package private(set) var parts: [Part] = []
  /// What is to be said of it: images that cannot be used, names that were changed.
  package private(set) var notes: [String] = []
  private var stems: [String: String] = [:]
  private var taken: Set<String> = []
  private var renamed = 0
  private var unreadable: [String] = []

  /// Takes the parts over.
  ///
  /// - Parameter parts: names and what readers gave; classes are joined by their names.
  package init(_ parts: [(part: String, dataset: Dataset)]) {
    for (_, dataset) in parts {
      for name in dataset.classes where !classes.contains(name) { classes.append(name) }
    }
    for (name, dataset) in parts { add(dataset, as: name) }
    tell(parts.map(\.dataset))
  }

  private mutating func add(_ dataset: Dataset, as part: String) {
    let places = dataset.classes.map { classes.firstIndex(of: $0) ?? 0 }
    let whole = dataset.counted(lastPixel: false)
    var items: [Item] = []
    for entry in whole.entries {
      guard let size = entry.size ?? (try? Picture.headerSize(entry.path)),
        File.isRegular(entry.path)
      else {
        unreadable.append(entry.path)
        continue
      }
      let objects = entry.objects.map { object in
        var object = object
        object.category = places[object.category]
        return object
      }
      items.append(
        Item(
          source: entry.path,
          stem: stem(of: entry.path),
          ending: Self.ending(of: entry.path),
          size: size,
          objects: objects,
          number: entry.idForm == .number ? Int(entry.id) : nil
        )
      )
    }
    parts.append(Part(name: part, items: items))
  }

  /// A name that no other image has: its own, else with its folder's before it, else with a number.
  private mutating func stem(of path: String) -> String {
    let key = FilePath.resolved(path) ?? path
    if let known = stems[key] { return known }
    let own = FilePath.stem(of: path)
    var name = own
    if taken.contains(name) {
      renamed += 1
      name = "\(FilePath.name(of: FilePath.folder(of: path)))_\(own)"
      var number = 2
      while taken.contains(name) {
        name = "\(own)_\(number)"
        number += 1
      }
    }
    taken.insert(name)
    stems[key] = name
    return name
  }

  private static func ending(of path: String) -> String {
    path.lastIndex(of: ".").map { path[$0...].lowercased() } ?? ""
  }

  private mutating func tell(_ datasets: [Dataset]) {
    var said: Set<String> = []
    notes += datasets.flatMap(\.notes).filter { said.insert($0).inserted }
    let problems = datasets.flatMap(\.problems)
    if let first = problems.first {
      notes.append(
        "\(problems.count) problems in the data, with what 'data check' tells of each; the first: \(first)"
      )
    }
    if let first = unreadable.first {
      notes.append(
        "\(unreadable.count) images cannot be read and are left out, the first: \(first)"
      )
    }
    if renamed > 0 {
      notes.append(
        "\(renamed) images share their names with others, and have a folder's name or a number beside it now"
      )
    }
  }

  /// Every item once, whatever parts it is in.
  var items: [Item] {
    var seen: Set<String> = []
    return parts.flatMap(\.items).filter { seen.insert($0.stem).inserted }
  }
}
