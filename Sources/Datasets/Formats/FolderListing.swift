internal import Files

/// The names of files in folders.
enum FolderListing {
  /// The endings of images that can be read, in any letters.
  static let images = [".jpg", ".jpeg", ".png"]

  /// Names with an ending, without it, sorted; none where the folder cannot be read.
  static func names(in folder: String, ending: String) -> [String] {
    files(in: folder, endings: [ending]).map { String($0.dropLast(ending.count)) }.sorted()
  }

  /// Names with one of some endings, in any letters, sorted; none where the folder cannot be read.
  static func files(in folder: String, endings: [String]) -> [String] {
    let names = (try? Folder.names(in: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") && has($0, endings) }
  }

  /// The folders in a folder, sorted.
  static func folders(in folder: String) -> [String] {
    let names = (try? Folder.names(in: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") && Folder.exists("\(folder)/\($0)") }
  }

  /// Whether a name has one of some endings, in any letters.
  static func has(_ name: String, _ endings: [String]) -> Bool {
    let lowered = name.lowercased()
    return endings.contains(where: lowered.hasSuffix)
  }

  /// The files in a folder and those below it by their paths from it, sorted; links to folders are followed, 32 levels deep.
  static func tree(_ folder: String) -> [String] {
    var found: [String] = []
    walk(folder, "", levels: 32, &found)
    return found.sorted()
  }

  private static func walk(_ root: String, _ below: String, levels: Int, _ found: inout [String]) {
    guard levels > 0 else { return }
    for name in (try? Folder.names(in: root + "/" + below)) ?? [] where !name.hasPrefix(".") {
      let path = below.isEmpty ? name : "\(below)/\(name)"
      // A name that looks like an image's is one, without a question to the disk.
      if !has(name, images), Folder.exists("\(root)/\(path)") {
        walk(root, path, levels: levels - 1, &found)
      } else {
        found.append(path)
      }
    }
  }
}
