internal import Files
internal import Graphs

extension PascalVOC {
  /// Where a folder has XML files, images and lists: as in the challenges, or all in one folder, as labelImg writes them.
  struct Layout: Sendable, Hashable {
    let root: String
    /// The folder of the XML files.
    let annotations: String
    /// The folders in which images may lie, the likeliest first.
    let images: [String]

    /// The layout of a folder.
    init(_ root: String) {
      self.root = root
      let named = ["\(root)/Annotations", "\(root)/annotations"].filter { Self.hasXML($0) }
      let annotations =
        named.first ?? (Folder.exists("\(root)/Annotations") ? "\(root)/Annotations" : root)
      self.annotations = annotations
      let folders = ["\(root)/JPEGImages", "\(root)/images", "\(root)/Images"]
        .filter(Folder.exists)
      images = folders + [annotations] + (annotations == root ? [] : [root])
    }

    /// Whether there are XML files of objects, with images to them.
    var isThere: Bool {
      let hasImages =
        images.count > 2
        || images.contains {
          !FolderListing.files(in: $0, endings: FolderListing.images).isEmpty
        }
      return hasImages && (annotations != root ? Self.hasXML(annotations) : isBeside)
    }

    /// Whether XML files lie in the root itself.
    private var isBeside: Bool {
      FolderListing.files(in: root, endings: [".xml"]).first.map { name in
        let start = (try? File.contents(of: "\(root)/\(name)", acceptsPipes: false)) ?? []
        return String(decoding: start.prefix(4096), as: UTF8.self).contains("<annotation")
      } ?? false
    }

    /// The folder that messages name where an image is missing.
    var imageFolder: String { images.first ?? root }

    /// The stems of all XML files, sorted.
    var stems: [String] { FolderListing.names(in: annotations, ending: ".xml") }

    /// The XML file of a stem.
    func annotation(of stem: String) -> String {
      let usual = "\(annotations)/\(stem).xml"
      if File.isRegular(usual) { return usual }
      let upper = "\(annotations)/\(stem).XML"
      return File.isRegular(upper) ? upper : usual
    }

    private static func hasXML(_ folder: String) -> Bool {
      !FolderListing.files(in: folder, endings: [".xml"]).isEmpty
    }
  }

  /// The folders below a root that are parts by themselves, as some services export them: `train`, `valid`, `test`.
  static func partFolders(of root: String) -> [String] {
    ["train", "val", "valid", "test"].filter { Layout("\(root)/\($0)").isThere }
  }
}

/// Names of one list: the validation images are `val` here and `valid` or `validation` elsewhere.
enum ListNames {
  private static let validation = ["val", "valid", "validation"]

  /// The name among those that are there that means the same as one asked for.
  static func match(_ name: String, among known: [String]) -> String? {
    if known.contains(name) { return name }
    guard validation.contains(name) else { return nil }
    return known.first(where: validation.contains)
  }
}
