/// A folder's lists or splits, each as a data set.
package enum DataParts {
  /// Reads the parts named, else all that the folder has (of VOC's, `trainval` only where it is not the sum of the others).
  ///
  /// - Parameters:
  ///   - root: the folder.
  ///   - format: its layout.
  ///   - lists: names of lists or splits; none means all.
  ///   - classes: names to use, in order; nil takes the data set's own.
  ///   - policy: what to do about what is wrong.
  /// - Returns: the parts in the order of the names.
  /// - Throws: ``DataError``.
  package static func read(
    _ root: String,
    as format: DatasetFormat,
    lists: [String] = [],
    classes: [String]? = nil,
    policy: FaultPolicy = .skip
  ) throws(DataError) -> [(part: String, dataset: Dataset)] {
    var parts: [(part: String, dataset: Dataset)] = []
    switch format {
    case .voc:
      let found = lists.isEmpty ? standardLists(of: root) : lists
      guard !found.isEmpty else {
        throw .missing(path: "\(root)/ImageSets/Main", wanted: "lists of images, such as train.txt")
      }
      for list in found {
        let part = PascalVOC.Part(root: root, list: list)
        parts.append((list, try PascalVOC.read([part], classes: classes, policy: policy)))
      }
    case .wider:
      let found = lists.isEmpty ? WIDERFace.splits(of: root) : lists
      guard !found.isEmpty else {
        throw .missing(
          path: WIDERFace.places(root: root, split: "train").list,
          wanted: "WIDER FACE's list of images and faces"
        )
      }
      for split in found {
        let (list, images) = WIDERFace.places(root: root, split: split)
        parts.append((split, try WIDERFace.read(list: list, images: images, policy: policy)))
      }
    case .coco:
      let found = lists.isEmpty ? COCOAnnotations.files(of: root) : lists
      guard !found.isEmpty else {
        throw .missing(
          path: "\(root)/annotations",
          wanted: "COCO's files, such as instances_val2017.json"
        )
      }
      for name in found {
        let (file, images) = COCOAnnotations.places(root: root, name: name)
        let read = try COCOAnnotations(file, images: images, faults: policy)
        parts.append((name, read.dataset))
      }
    }
    return parts
  }

  /// VOC2007 and 2012 have a list for each class beside these; they name the same images.
  private static func standardLists(of root: String) -> [String] {
    let found = PascalVOC.lists(of: root)
    let standard = ["train", "val", "trainval", "test"].filter(found.contains)
    guard !standard.isEmpty else { return found }
    let isSum = standard.contains("train") && standard.contains("val")
    return isSum ? standard.filter { $0 != "trainval" } : standard
  }
}
