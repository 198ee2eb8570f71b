internal import Files

/// The names of files in folders.
enum FolderListing {
  /// Names with an ending, without it, sorted; none where the folder cannot be read.
  static func names(in folder: String, ending: String) -> [String] {
    let names = (try? Folder.names(in: folder)) ?? []
    return names.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }
      .map { String($0.dropLast(ending.count)) }
      .sorted()
  }
}
