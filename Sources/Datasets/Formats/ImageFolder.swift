/// A folder of images without labels.
package enum ImageFolder {
  /// The endings that are read.
  package static let endings = [".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"]

  /// The images of a folder, by name; those of folders in it are left out.
  ///
  /// - Throws: ``DataError/empty(path:reason:)`` where there is none.
  package static func read(_ folder: String) throws(DataError) -> Dataset {
    var files: [String] = []
    for ending in endings {
      files += FolderListing.names(in: folder, ending: ending).map { $0 + ending }
    }
    guard !files.isEmpty else {
      throw .empty(path: folder, reason: "it has no JPEG or PNG images")
    }
    let entries = files.sorted().map { file in
      Dataset.Entry(path: "\(folder)/\(file)", id: file, size: nil, objects: [])
    }
    return Dataset(classes: [], entries: entries)
  }
}
