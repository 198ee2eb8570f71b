/// A folder's lists or splits, each as a data set.
package enum DataParts {
  /// Reads the parts named, else all that the folder has.
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
    as format: DataFormat,
    lists: [String] = [],
    classes: [String]? = nil,
    policy: FaultPolicy = .skip
  ) throws(DataError) -> [(part: String, dataset: Dataset)] {
    var parts: [(part: String, dataset: Dataset)] = []
    for list in lists.isEmpty ? try format.lists(root) : lists {
      let part = DataPart(root: root, list: list, classes: classes, policy: policy)
      parts.append((list, try format.read(part)))
    }
    return parts
  }
}
