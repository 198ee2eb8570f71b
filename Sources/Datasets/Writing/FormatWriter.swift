internal import Files
internal import Graphs
internal import Metrics

/// How a format is written: a value for each that can be.
package struct FormatWriter: Sendable {
  package let format: DataFormat
  /// What is lost or changed, in sentences.
  let losses: @Sendable (ConvertedSet) -> [String]
  /// The path of an item's image in the folder.
  let image: @Sendable (ConvertedSet.Item, _ part: String) -> String
  /// Every other file: its path and its text.
  let files: @Sendable (ConvertedSet) -> [(name: String, text: String)]

  /// The formats that can be written.
  package static let all: [FormatWriter] = [.voc, .coco, .yolo]

  /// Writes a set into a folder that appears when it is whole.
  ///
  /// - Parameters:
  ///   - set: what to write.
  ///   - root: the folder, empty or not there yet unless it is replaced.
  ///   - copies: whether images are copied; else they are linked, where that can be.
  ///   - replaces: whether a folder that holds something gives way.
  ///   - progress: told how many images are done.
  /// - Returns: what is to be said of it.
  /// - Throws: ``DataError`` where the folder holds something; `FileError` where it cannot be written.
  package func write(
    _ set: ConvertedSet,
    to root: String,
    copies: Bool = false,
    replacing replaces: Bool = false,
    progress: (Int) -> Void = { _ in }
  ) throws -> [String] {
    try Self.check(root, set, replaces)
    let folder = try NewFolder(root)
    var done = 0
    var written: Set<String> = []
    for part in set.parts {
      for item in part.items {
        let name = image(item, part.name)
        guard written.insert(name).inserted else { continue }
        try folder.add(item.source, as: name, copies: copies)
        done += 1
        progress(done)
      }
    }
    for (name, text) in files(set) { try folder.write(text, to: name) }
    try folder.commit(replacing: replaces)
    return set.notes + losses(set)
  }

  /// Refuses a folder that holds something, and one that holds what is read, which would go with it.
  private static func check(
    _ root: String,
    _ set: ConvertedSet,
    _ replaces: Bool
  ) throws(DataError) {
    guard let found = try? Folder.names(in: root), let first = found.first else { return }
    guard replaces else {
      throw .empty(
        path: root,
        reason:
          "it holds '\(first)'; name an empty folder or a new one, or let --force put the new one in its place"
      )
    }
    let inside = (FilePath.resolved(root) ?? root) + "/"
    let own = set.parts.flatMap(\.items).first {
      (FilePath.resolved($0.source) ?? $0.source).hasPrefix(inside)
    }
    if let own {
      throw .empty(path: root, reason: "it holds \(own.source), which is read; name another folder")
    }
  }
}

extension FormatWriter {
  /// A number with few decimals, without those that are zeros.
  static func number(_ value: Double, decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let whole = (value.magnitude * scale).rounded()
    guard whole < 1e15, whole > 0 else { return whole > 0 ? "\(value)" : "0" }
    let digits = String(Int(whole))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var fraction = String(padded.suffix(decimals))
    while fraction.hasSuffix("0") { fraction.removeLast() }
    let sign = value < 0 ? "-" : ""
    return sign + padded.dropLast(decimals) + (fraction.isEmpty ? "" : ".\(fraction)")
  }

  /// How many objects are of a kind, each image counted once.
  static func count(_ set: ConvertedSet, _ isOne: (TrueBox) -> Bool) -> Int {
    set.items.reduce(0) { $0 + $1.objects.count(where: isOne) }
  }

  /// A sentence where something is lost.
  static func loss(_ count: Int, _ text: String) -> [String] {
    count > 0 ? ["\(count) \(text)"] : []
  }

  /// Areas that are not their box's: COCO's masks have them.
  static func ownAreas(_ set: ConvertedSet) -> Int {
    count(set) { abs($0.area - $0.box.area) > 1e-6 * max(1, $0.box.area) }
  }
}
