internal import FoundationEssentials

/// Pictures in a folder and the folders below it, without labels.
package enum ImageFolder {
  private static let endings = [".jpg", ".jpeg", ".png"]

  /// The pictures by their paths, sorted, whatever case their endings are in.
  ///
  /// - Throws: ``DataError/empty(path:reason:)`` where there is none.
  package static func read(_ folder: String) throws(DataError) -> Dataset {
    var names: [String] = []
    guard let found = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
      throw .missing(path: folder, wanted: "a folder with pictures")
    }
    for name in found where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
      let lowered = name.lowercased()
      if endings.contains(where: lowered.hasSuffix) { names.append(name) }
    }
    guard !names.isEmpty else {
      throw .empty(path: folder, reason: "it has no \(endings.joined(separator: ", "))")
    }
    return Dataset(
      classes: [],
      entries: names.sorted().map {
        Dataset.Entry(path: "\(folder)/\($0)", id: $0, size: nil, objects: [])
      }
    )
  }
}
