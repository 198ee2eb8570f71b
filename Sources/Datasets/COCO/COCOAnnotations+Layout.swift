internal import Files

/// COCO's own folders: `annotations/instances_val2017.json` beside the images in `val2017`.
extension COCOAnnotations {
  /// The names of a folder's splits, such as `val2017`, or of files that are named otherwise.
  package static func files(of root: String) -> [String] {
    FolderListing.names(in: "\(root)/annotations", ending: ".json").map { stem in
      stem.hasPrefix("instances_") ? String(stem.dropFirst(10)) : "annotations/\(stem).json"
    }
  }

  /// The annotation file of a split and the folder of its images.
  ///
  /// - Parameters:
  ///   - root: the data set's folder.
  ///   - name: a split's name, or an annotation file, relative to the root or absolute.
  /// - Returns: the file, and the split's own folder of images where it is there, else the root.
  package static func places(root: String, name: String) -> (file: String, images: String) {
    guard !name.hasSuffix(".json") else {
      return (name.hasPrefix("/") ? name : "\(root)/\(name)", root)
    }
    let images = ["\(root)/\(name)", "\(root)/images/\(name)", "\(root)/images"]
    return (
      "\(root)/annotations/instances_\(name).json",
      images.first(where: Folder.exists) ?? root
    )
  }
}
