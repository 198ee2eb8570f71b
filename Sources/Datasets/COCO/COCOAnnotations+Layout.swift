internal import Files

/// The folders of COCO's files: `annotations/instances_val2017.json` beside the images in `val2017`; a file among the images of each
/// part, as some services export them; or a file by itself.
extension COCOAnnotations {
  /// A file of annotations, and where its images are.
  package struct Places: Sendable, Hashable {
    package var file: String
    /// The folder that names of images start from.
    package var images: String
    /// Whether the file has all images, which a seed puts into parts.
    package var isWhole = false
  }

  /// The file's name where it lies among images.
  private static let beside = "_annotations.coco.json"

  /// The names of a folder's splits, such as `val2017`, or of files that are named otherwise.
  package static func files(of root: String) -> [String] {
    FolderListing.names(in: "\(root)/annotations", ending: ".json").map { stem in
      stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : "annotations/\(stem).json"
    }
  }

  /// The lists of a folder, or of a file by itself.
  package static func lists(of root: String) -> [String] {
    if isFile(root) { return [SeededSplit.whole] }
    let files = files(of: root)
    guard files.isEmpty else { return files }
    let folders = folders(of: root)
    guard folders.isEmpty else { return folders }
    return File.isRegular("\(root)/\(beside)") ? [SeededSplit.whole] : []
  }

  private static func isFile(_ root: String) -> Bool {
    root.hasSuffix(".json") && File.isRegular(root)
  }

  /// The folders below a root that have a file among their images; those for training come first.
  private static func folders(of root: String) -> [String] {
    let found = FolderListing.folders(in: root).filter { File.isRegular("\(root)/\($0)/\(beside)") }
    let usual = ["train", "val", "valid", "test"].filter(found.contains)
    return usual + found.filter { !usual.contains($0) }
  }

  /// The annotation file of a split and the folder of its images.
  ///
  /// - Parameters:
  ///   - root: the data set's folder, or its one file.
  ///   - name: a split's name, or an annotation file, relative to the root or absolute.
  /// - Returns: the file, and the split's own folder of images where it is there, else the root.
  package static func places(root: String, name: String) -> Places {
    if isFile(root) { return Places(file: root, images: images(of: root), isWhole: true) }
    guard !name.hasSuffix(".json") else {
      let file = name.hasPrefix("/") ? name : "\(root)/\(name)"
      return Places(file: file, images: root)
    }
    let usual = "\(root)/annotations/instances_\(name).json"
    if !File.isRegular(usual) {
      if let folder = ListNames.match(name, among: folders(of: root)) {
        return Places(file: "\(root)/\(folder)/\(beside)", images: "\(root)/\(folder)")
      }
      if File.isRegular("\(root)/\(beside)") {
        return Places(file: "\(root)/\(beside)", images: root, isWhole: true)
      }
    }
    return Places(file: usual, images: imageFolder(of: name, in: root))
  }

  private static func imageFolder(of name: String, in root: String) -> String {
    ["\(root)/\(name)", "\(root)/images/\(name)", "\(root)/images"].first(where: Folder.exists)
      ?? root
  }

  /// The folder of the images of a file by itself: as in COCO's own folders where it lies in `annotations`, else its own.
  private static func images(of file: String) -> String {
    let folder = FilePath.folder(of: file)
    guard FilePath.name(of: folder) == "annotations" else {
      return Folder.exists("\(folder)/images") ? "\(folder)/images" : folder
    }
    let stem = FilePath.stem(of: file)
    let name = stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : stem
    return imageFolder(of: name, in: FilePath.folder(of: folder))
  }
}
