/// Names of a network's classes, and their places among a data set's.
package enum ClassNames {
  /// The names that a file's metadata say, as Ultralytics writes them: `{0: 'person', 1: 'bicycle'}`.
  ///
  /// - Returns: none where there are none, or where they are not numbered from 0.
  package static func of(_ network: NetworkInterface) -> [String] {
    guard let text = network.metadata["names"] else { return [] }
    var names: [Int: String] = [:]
    let entry = #/(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/#
    for match in text.matches(of: entry) {
      guard let place = Int(match.1) else { continue }
      names[place] = String(match.2 ?? match.3 ?? "").replacing("\\", with: "")
    }
    let list = (0..<names.count).compactMap { names[$0] }
    return list.count == names.count ? list : []
  }

  /// For each class of a network its place among the data's.
  ///
  /// - Parameters:
  ///   - names: the network's, none where they are not known.
  ///   - count: how many classes the network has, where it is known.
  ///   - data: the data's names; none where there are no labels.
  /// - Returns: places; nil where each class is the data's of the same number.
  /// - Throws: ``DetectionError`` for a network without names whose number of classes is another, and for names of which the data have none.
  package static func places(
    of names: [String],
    count: Int?,
    among data: [String]
  ) throws(DetectionError) -> [Int?]? {
    guard !data.isEmpty else { return nil }
    let names = assumed(names, count: count, among: data)
    guard !names.isEmpty else {
      guard let count, count != data.count else { return nil }
      throw .unsupported(
        task: DetectorTask.name,
        "the network has \(count) classes and the file does not name them, the data has \(data.count) "
          + "(\(listed(data))); give the network's in order by the task's 'names'"
      )
    }
    var table: [String: Int] = [:]
    for (place, name) in data.enumerated() { table[plain(name)] = place }
    let places = names.map { $0.isEmpty ? nil : table[plain($0)] }
    guard places.contains(where: { $0 != nil }) else {
      if names.count == data.count, names.allSatisfy({ isPlaceholder($0) }) { return nil }
      throw .unsupported(
        task: DetectorTask.name,
        "none of the network's classes (\(listed(names))) is one of the data's (\(listed(data))); "
          + "give the network's in order by the task's 'names', in the data's words"
      )
    }
    return places
  }

  /// The usual names for so many classes where the network has none of its own and the data's are among them.
  private static func assumed(_ names: [String], count: Int?, among data: [String]) -> [String] {
    guard names.allSatisfy({ isPlaceholder($0) }) else { return names }
    let standard = standard(names.isEmpty ? count ?? 0 : names.count)
    let known = Set(standard.map { plain($0) })
    let shared = data.count { known.contains(plain($0)) }
    // Where the numbers agree, one shared name may be chance.
    let isMeant = data.count == standard.count ? shared == data.count : shared > 0
    return isMeant ? standard : names
  }

  /// Names that tools write where they know none: `class0`, `0`.
  private static func isPlaceholder(_ name: String) -> Bool {
    name.wholeMatch(of: #/(?:class|item)?[ _]?\d+/#) != nil
  }

  private static func listed(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }

  /// COCO's words for classes that Pascal VOC calls otherwise.
  private static let others = [
    "airplane": "aeroplane", "motorcycle": "motorbike", "couch": "sofa", "tv": "tvmonitor",
  ]

  /// A name without what spellings differ in.
  private static func plain(_ name: String) -> String {
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return others[plain] ?? plain
  }
}
