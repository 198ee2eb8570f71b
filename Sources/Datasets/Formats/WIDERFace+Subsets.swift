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
  /// - Parameters:
  ///   - lists: the official lists.
  ///   - folder: where they lie, for messages.
  ///   - isPresentOnly: whether images that the lists do not have are left out, rather than refused.
  /// - Returns: the images, and what is to be said of those that are missing on either side.
  /// - Throws: ``DataError`` for an image that the lists do not have.
  func judged(
    by lists: WiderFaceLists,
    in folder: String,
    isPresentOnly: Bool = false
  ) throws(DataError) -> Dataset {
    var images: [String: WiderFaceLists.Image] = [:]
    for image in lists.images { images[image.name] = image }
    var judged = self
    if isPresentOnly {
      let known = entries.indices.filter { images[Self.listed(entries[$0].path)] != nil }
      judged = choosing(known)
      guard !known.isEmpty else {
        throw .empty(path: folder, reason: "its lists have none of the \(entries.count) images")
      }
      judged.notes.append(
        "figures are of \(known.count) images; the official lists have \(images.count)"
          + (known.count < entries.count
            ? ", and lack \(entries.count - known.count) of these" : "")
      )
    }
    for index in judged.entries.indices {
      let path = judged.entries[index].path
      guard let image = images[Self.listed(path)] else {
        throw .empty(
          path: folder,
          reason:
            "its lists do not have the image \(path); take lists and images of the same edition, or let 'present_only' (--present-only) leave it out"
        )
      }
      judged.entries[index].official = WiderFaceImage(faces: image.faces, asked: image.asked)
    }
    return judged
  }

  /// An image as the lists name it: the folder of its event, and its name without ending.
  private static func listed(_ path: String) -> String {
    "\(FilePath.name(of: FilePath.folder(of: path)))/\(FilePath.stem(of: path))"
  }
}
