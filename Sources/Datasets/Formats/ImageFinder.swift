internal import Files

/// Finds images by names that lack their ending, have it in other letters, or come with folders of another machine.
struct ImageFinder {
  /// The images of a folder by their names without ending.
  private var listings: [String: [String: [String]]] = [:]

  /// The first image with one of some names in one of some folders.
  ///
  /// - Parameters:
  ///   - names: names or paths, of which the last part counts; the best first.
  ///   - folders: where to look, the best first.
  /// - Returns: the path; nil where there is none.
  mutating func image(_ names: [String], in folders: [String]) -> String? {
    for name in names.map(Self.last) where !name.isEmpty {
      for folder in folders {
        if FolderListing.has(name, FolderListing.images), File.isRegular("\(folder)/\(name)") {
          return "\(folder)/\(name)"
        }
        if let found = match(name, in: folder) { return "\(folder)/\(found)" }
      }
    }
    return nil
  }

  private mutating func match(_ name: String, in folder: String) -> String? {
    let listing = listing(of: folder)
    // A name that has no ending may have dots.
    if let found = listing[name]?.first { return found }
    return FolderListing.has(name, FolderListing.images)
      ? listing[FilePath.stem(of: name)]?.first : nil
  }

  private mutating func listing(of folder: String) -> [String: [String]] {
    if let known = listings[folder] { return known }
    let names = FolderListing.files(in: folder, endings: FolderListing.images)
    let listing = Dictionary(grouping: names) { FilePath.stem(of: $0) }
    listings[folder] = listing
    return listing
  }

  /// The last part of a path, in which Windows has other strokes.
  private static func last(_ path: String) -> String {
    FilePath.name(of: path.replacing("\\", with: "/"))
  }
}
