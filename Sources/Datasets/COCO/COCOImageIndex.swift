internal import Files

/// Images by their names, wherever below some folders they lie: annotation files often name them without their folders.
private struct COCOImageIndex {
  private var paths: [String: [String]] = [:]

  init(_ folders: [String]) {
    var seen: Set<String> = []
    for folder in folders where Folder.exists(folder) {
      for name in FolderListing.tree(folder) where FolderListing.has(name, FolderListing.images) {
        let path = "\(folder)/\(name)"
        guard seen.insert(FilePath.resolved(path) ?? path).inserted else { continue }
        paths[FilePath.name(of: name), default: []].append(path)
      }
    }
  }

  /// The images whose paths end like a name, else those that share only its last part.
  func matches(_ name: String) -> [String] {
    let found = paths[FilePath.name(of: name)] ?? []
    let whole = found.filter { $0.hasSuffix("/\(name)") }
    return whole.isEmpty ? found : whole
  }
}

extension Dataset {
  /// The same with the paths of images that lie in other folders than their names say.
  ///
  /// - Parameters:
  ///   - folders: where to look, with the folders below; the first is what paths begin with.
  ///   - file: the annotations, for messages.
  /// - Returns: the data set; images that are nowhere keep their paths.
  /// - Throws: ``DataError`` for a name that several images have.
  func findingImages(in folders: [String], for file: String) throws(DataError) -> Dataset {
    var index: COCOImageIndex?
    var result = self
    for place in entries.indices where !File.isRegular(entries[place].path) {
      let known = index ?? COCOImageIndex(folders)
      index = known
      let prefix = folders[0] + "/"
      let path = entries[place].path
      let name = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
      let found = known.matches(name)
      guard found.count < 2 else {
        throw .problem(
          DataProblem(
            .missingImage,
            path: file,
            message:
              "'\(name)' may be \(found[0]) or \(found[1]); have 'file_name' name its folder, or name the images' folder"
          )
        )
      }
      if let only = found.first { result.entries[place].path = only }
    }
    return result
  }
}
