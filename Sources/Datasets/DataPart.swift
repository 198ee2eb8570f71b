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

  package init(
    root: String,
    list: String,
    images: String? = nil,
    classes: [String]? = nil,
    policy: FaultPolicy = .skip
  ) {
    self.root = root
    self.list = list
    self.images = images
    self.classes = classes
    self.policy = policy
  }

  /// The list as a file.
  package var file: String { FilePath.path(list, from: root) }

  /// The folder of the images; nil where none is named.
  package var imageFolder: String? { images.map { FilePath.path($0, from: root) } }
}
