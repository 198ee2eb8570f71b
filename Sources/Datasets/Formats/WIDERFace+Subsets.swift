internal import Files
internal import Metrics

extension WIDERFace {
  /// The folder with the lists of easy, medium and hard faces: that of the text lists, or where the official tool has them.
  static func officialLists(of root: String) -> String? {
    ["wider_face_split", "ground_truth", "eval_tools/ground_truth"].map { "\(root)/\($0)" }.first {
      folder in
      WiderFaceSubset.allCases.contains { File.isRegular("\(folder)/wider_\($0.name)_val.mat") }
    }
  }
}

extension Dataset {
  /// The same images, each with the faces that the official lists ask for.
  ///
  /// - Throws: ``DataError`` for an image that the lists do not have.
  func judged(by lists: WiderFaceLists, in folder: String) throws(DataError) -> Dataset {
    var images: [String: WiderFaceLists.Image] = [:]
    for image in lists.images { images[image.name] = image }
    var judged = self
    for index in entries.indices {
      let path = entries[index].path
      let event = FilePath.name(of: FilePath.folder(of: path))
      guard let image = images["\(event)/\(FilePath.stem(of: path))"] else {
        throw .empty(
          path: folder,
          reason:
            "its lists do not have the image \(path); take lists and images of the same edition, or move the lists away"
        )
      }
      judged.entries[index].official = WiderFaceImage(faces: image.faces, asked: image.asked)
    }
    return judged
  }
}
