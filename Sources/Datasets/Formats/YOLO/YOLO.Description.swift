internal import Files

extension YOLO {
  /// What a data set has: class names, and lists with the folders and files that they are.
  struct Description: Sendable {
    /// The folder that lists start from.
    var root: String
    /// The file that describes the data; nil where folders do.
    var file: String?
    /// Nil where nothing says so.
    var classes: [String]?
    var lists: [(name: String, sources: [String])] = []
    /// The folder of all images, where there are no lists.
    var whole: String?
    var notes: [String] = []

    /// Reads a `data.yaml`, or what a folder's names say.
    ///
    /// - Parameter root: the file, or a folder that holds one or has `images/` and `labels/`.
    /// - Throws: ``DataError`` where it is neither, or the file cannot be used.
    init(_ root: String) throws(DataError) {
      if let file = try Self.file(of: root) {
        self = try Self(file: file)
      } else if let found = Self(folders: root) {
        self = found
      } else {
        throw .missing(
          path: root,
          wanted: "a data.yaml with 'train' and 'names', or images/ and labels/"
        )
      }
    }

    /// Whether a file or folder is such a data set.
    static func isThere(_ root: String) -> Bool {
      ((try? file(of: root)) ?? nil) != nil || Self(folders: root) != nil
    }

    init(root: String) { self.root = root }

    /// The file that describes a folder; nil where there is none.
    ///
    /// - Throws: ``DataError`` where there are several.
    private static func file(of root: String) throws(DataError) -> String? {
      let endings = [".yaml", ".yml"]
      if FolderListing.has(root, endings) { return File.isRegular(root) ? root : nil }
      for name in ["data.yaml", "data.yml", "dataset.yaml"] where File.isRegular("\(root)/\(name)")
      {
        return "\(root)/\(name)"
      }
      let found = FolderListing.files(in: root, endings: endings).map { "\(root)/\($0)" }
        .filter { YOLO.describes($0) }
      guard found.count < 2 else {
        throw .empty(
          path: root,
          reason: "\(found.joined(separator: " and ")) describe data; name one of them"
        )
      }
      return found.first
    }
  }
}

extension YOLO.Description {
  /// What a folder's names say: `images/train` and `labels/train`, `train/images`, lists `train.txt`, or one `images/`.
  private init?(folders root: String) {
    self.init(root: root)
    let names = ["train", "val", "valid", "test"]
    let images = "\(root)/images"
    let hasImages = Folder.exists(images) && Folder.exists("\(root)/labels")
    let files = names.filter { File.isRegular("\(root)/\($0).txt") }
    let parts = names.filter { Folder.exists("\(root)/\($0)/images") }
    if hasImages, !files.isEmpty {
      lists = files.map { ($0, ["\(root)/\($0).txt"]) }
    } else if hasImages {
      let found = FolderListing.folders(in: images)
      let usual = names.filter(found.contains)
      lists = (usual + found.filter { !usual.contains($0) }).map { ($0, ["\(images)/\($0)"]) }
      if found.isEmpty { whole = images }
    } else if !parts.isEmpty, parts.contains(where: { Folder.exists("\(root)/\($0)/labels") }) {
      lists = parts.map { ($0, ["\(root)/\($0)/images"]) }
    } else {
      return nil
    }
    for name in ["classes.txt", "labels/classes.txt", "obj.names"] {
      guard classes == nil, let lines = try? TextLines.read("\(root)/\(name)", wanted: "names")
      else { continue }
      classes = lines.map(\.trimmed).filter { !$0.isEmpty }
      file = "\(root)/\(name)"
    }
  }
}
