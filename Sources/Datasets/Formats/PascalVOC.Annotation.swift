extension PascalVOC {
  /// One annotation file as it stands, unjudged.
  struct Annotation: Sendable, Hashable {
    /// An `object` element.
    struct Object: Sendable, Hashable {
      var line: Int
      var name = ""
      var nameLine = 0
      var isDifficult = false
      /// The texts of `xmin`, `ymin`, `xmax` and `ymax`, as far as they are there.
      var edges: [String: String] = [:]
      var boxLine: Int?

      /// Left, top, right and bottom; nil where one is missing or no number.
      var box: (left: Double, top: Double, right: Double, bottom: Double)? {
        let names = ["xmin", "ymin", "xmax", "ymax"]
        let values = names.compactMap { edges[$0].flatMap(Double.init) }.filter(\.isFinite)
        guard values.count == 4 else { return nil }
        return (values[0], values[1], values[2], values[3])
      }
    }

    var filename: String?
    /// Where the image was when it was labelled.
    var imagePath: String?
    var width: Int?
    var height: Int?
    var sizeLine: Int?
    var objects: [Object] = []
    /// The line of the root element, and its name.
    var root = ""

    /// Sorts an XML file's elements.
    init(_ xml: XMLText) {
      for item in xml.items {
        switch item {
        case .start(let path, let line): start(path, line)
        case .text(let path, let text, let line): take(path, text, line)
        }
      }
    }

    /// Width and height, where both are stated and above zero.
    var size: PixelSize? {
      guard let width, let height, width > 0, height > 0 else { return nil }
      return PixelSize(width: width, height: height)
    }

    private mutating func start(_ path: String, _ line: Int) {
      switch path {
      case "annotation/object": objects.append(Object(line: line))
      case "annotation/object/bndbox": edit { $0.boxLine = $0.boxLine ?? line }
      case "annotation/size": sizeLine = line
      default: if root.isEmpty { root = path }
      }
    }

    private mutating func take(_ path: String, _ text: String, _ line: Int) {
      switch path {
      case "annotation/filename": filename = text
      case "annotation/path": imagePath = text
      case "annotation/size/width": width = Double(text).flatMap { Int(exactly: $0.rounded()) }
      case "annotation/size/height": height = Double(text).flatMap { Int(exactly: $0.rounded()) }
      case "annotation/object/name":
        edit {
          $0.name = text
          $0.nameLine = line
        }
      case "annotation/object/difficult": edit { $0.isDifficult = text == "1" || text == "true" }
      default:
        let prefix = "annotation/object/bndbox/"
        guard path.hasPrefix(prefix) else { return }
        let edge = String(path.dropFirst(prefix.count))
        edit { if $0.edges[edge] == nil { $0.edges[edge] = text } }
      }
    }

    private mutating func edit(_ change: (inout Object) -> Void) {
      guard !objects.isEmpty else { return }
      change(&objects[objects.count - 1])
    }
  }
}
