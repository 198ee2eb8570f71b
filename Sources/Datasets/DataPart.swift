internal import Files

/// A list of a data set, and how it is to be read.
package struct DataPart: Sendable, Hashable {
  /// The data set's folder.
  package var root: String
  /// The list's name as the format has names, or its file, below the folder or from the root of all.
  package var list: String
  /// The folder of the images, where it is named.
  package var images: String?
  /// Class names in order; nil takes the data set's own.
  package var classes: [String]?
  package var policy: FaultPolicy
  /// How images that have no lists fall to parts.
  package var splitting: SeededSplit
  /// Whether only images that are there, and that official lists have, are judged by those lists.
  package var isPresentOnly: Bool

  package init(
    root: String,
    list: String,
    images: String? = nil,
    classes: [String]? = nil,
    policy: FaultPolicy = .skip,
    splitting: SeededSplit = .standard,
    isPresentOnly: Bool = false
  ) {
    self.root = root
    self.list = list
    self.images = images
    self.classes = classes
    self.policy = policy
    self.splitting = splitting
    self.isPresentOnly = isPresentOnly
  }

  /// The list as a file.
  package var file: String { FilePath.path(list, from: root) }

  /// The folder of the images; nil where none is named.
  package var imageFolder: String? { images.map { FilePath.path($0, from: root) } }
}
