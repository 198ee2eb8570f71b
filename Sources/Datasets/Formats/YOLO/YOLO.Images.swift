internal import Files
internal import Graphs

extension YOLO {
  /// The images of a list.
  struct Images: Sendable {
    /// Paths, in order.
    var paths: [String] = []
    var problems: [DataProblem] = []
    /// The part that a seed picks, where there are no lists.
    var wholePart: String?

    /// Endings that Ultralytics reads and this program does not.
    private static let others = [".bmp", ".dng", ".heic", ".mpo", ".pfm", ".tif", ".tiff", ".webp"]

    /// Finds the images of a list.
    ///
    /// - Throws: ``DataError`` where the list, or what it names, is not there.
    init(_ list: String, of description: Description) throws(DataError) {
      for source in try sources(list, of: description) {
        if Folder.exists(source) {
          addFolder(source)
        } else {
          try addList(source, root: description.root)
        }
      }
    }

    /// The folders and files that a list has; a list of its own may be named too.
    private mutating func sources(
      _ list: String,
      of description: Description
    ) throws(DataError) -> [String] {
      let names = description.lists.map(\.name)
      if let name = ListNames.match(list, among: names) {
        let sources = description.lists.first { $0.name == name }?.sources ?? []
        for source in sources where !File.exists(source) {
          throw .missing(
            path: source,
            wanted:
              "images of '\(name)', a folder or a list, as \(description.file ?? description.root) has it"
          )
        }
        return sources
      }
      let path = FilePath.path(list, from: description.root)
      if list != SeededSplit.whole, File.exists(path), list.contains("/") || list.hasSuffix(".txt")
      {
        return [path]
      }
      guard names.isEmpty, let whole = description.whole else {
        throw .missing(
          path: description.file ?? description.root,
          wanted: "a list '\(list)'"
            + (names.isEmpty ? "" : "; there is \(alternatives(names))")
        )
      }
      wholePart = list
      return [whole]
    }

    private mutating func addFolder(_ folder: String) {
      var unread: [String] = []
      for name in FolderListing.tree(folder) {
        if FolderListing.has(name, FolderListing.images) {
          paths.append("\(folder)/\(name)")
        } else if FolderListing.has(name, Self.others) {
          unread.append(name)
        }
      }
      for name in unread { leaveOut("\(folder)/\(name)", nil, "\(folder)/\(name)") }
    }

    private mutating func leaveOut(_ path: String, _ line: Int?, _ image: String) {
      problems.append(
        DataProblem(
          .brokenImage,
          path: path,
          line: line,
          message: "'\(image)' is no JPEG or PNG; the image is left out"
        )
      )
    }

    /// The images of a list: from the root of all, from the list's folder, or from the data's.
    private mutating func addList(_ path: String, root: String) throws(DataError) {
      let folder = FilePath.folder(of: path)
      var seen: [String: Int] = [:]
      for (number, text) in try TextLines.read(path, wanted: "a list of images").enumerated() {
        let name = text.trimmed
        guard !name.isEmpty else { continue }
        guard FolderListing.has(name, FolderListing.images) else {
          leaveOut(path, number + 1, name)
          continue
        }
        let plain = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        let places = name.hasPrefix("/") ? [name] : ["\(folder)/\(plain)", "\(root)/\(plain)"]
        guard let image = places.first(where: File.isRegular) else {
          problems.append(
            DataProblem(
              .missingImage,
              path: path,
              line: number + 1,
              message: "there is no \(places[0]); the image is left out"
            )
          )
          continue
        }
        if let first = seen.updateValue(number + 1, forKey: image) {
          problems.append(
            DataProblem(
              .duplicate,
              path: path,
              line: number + 1,
              message: "'\(name)' is listed in line \(first) already; this line is not used"
            )
          )
          continue
        }
        paths.append(image)
      }
    }
  }
}
