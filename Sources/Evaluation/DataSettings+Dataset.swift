package import Datasets
import Files

extension DataSettings {
  /// The images of a split.
  ///
  /// - Parameters:
  ///   - split: a list.
  ///   - base: the folder that relative paths start from.
  /// - Returns: the images, with what was wrong in them.
  /// - Throws: `DataError`.
  package func dataset(_ split: Split, base: String) throws(DataError) -> Dataset {
    try format.read(
      DataPart(
        root: FilePath.path(root, from: base),
        list: split.list,
        images: split.images,
        classes: classes.isEmpty ? nil : classes,
        policy: faults,
        splitting: splitting,
        isPresentOnly: isPresentOnly
      )
    )
  }
}
