internal import Files
internal import YAML

extension YOLO {
  /// Whether a YAML file names classes and a list.
  static func describes(_ path: String) -> Bool {
    guard let text = try? File.text(of: path, acceptsPipes: false),
      let entries = try? YAMLReader.read(text).entries
    else { return false }
    let keys = Set(entries.map(\.key))
    return !keys.isDisjoint(with: ["names", "nc"]) && !keys.isDisjoint(with: ["train", "val"])
  }
}

extension YOLO.Description {
  /// Keys that are no lists.
  private static let others: Set<String> = [
    "path", "names", "nc", "download", "channels", "kpt_shape", "flip_idx", "yaml_file",
  ]
  private static let usual = ["train", "val", "validation", "test", "minival"]

  /// Reads a `data.yaml`.
  ///
  /// - Throws: ``DataError`` with the line of what cannot be used.
  init(file: String) throws(DataError) {
    let entries = try Self.entries(of: file)
    let values = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    self.init(root: FilePath.folder(of: file))
    self.file = file
    if let path = values["path"], !path.isNull { try move(to: path) }
    classes = try Self.classes(values, file)
    for entry in entries where !Self.others.contains(entry.key) && !entry.value.isNull {
      let isUsual = Self.usual.contains(entry.key)
      guard let sources = Self.texts(entry.value) else {
        guard isUsual else { continue }
        throw Self.fault(
          file,
          entry.value,
          "'\(entry.key)' is \(entry.value.kind), not a path or a list of paths"
        )
      }
      let places = sources.map(place)
      // Other keys are lists only where they lead somewhere: Roboflow adds texts of its own.
      if isUsual || !places.isEmpty && places.allSatisfy(File.exists) {
        lists.append((entry.key, places))
      }
    }
    guard !lists.isEmpty else {
      throw .empty(
        path: file,
        reason: "it names no images: give 'train' and 'val' folders or lists"
      )
    }
  }

  private static func entries(of file: String) throws(DataError) -> [YAMLNode.Entry] {
    let text: String
    do { text = try File.text(of: file, acceptsPipes: false) } catch {
      throw .missing(path: file, wanted: "a data.yaml (\(error.reason))")
    }
    let node: YAMLNode
    do { node = try YAMLReader.read(text) } catch {
      let line = error.mark?.line
      throw .problem(DataProblem(.brokenAnnotation, path: file, line: line, message: "\(error)"))
    }
    guard let entries = node.entries else {
      throw fault(file, node, "it is \(node.kind), not a mapping with 'train', 'val' and 'names'")
    }
    return entries
  }

  private static func fault(_ file: String, _ node: YAMLNode, _ message: String) -> DataError {
    .problem(DataProblem(.brokenAnnotation, path: file, line: node.mark.line, message: message))
  }

  /// A text, or a list of texts.
  private static func texts(_ node: YAMLNode) -> [String]? {
    if let text = node.text { return [text] }
    guard let items = node.items else { return nil }
    let texts = items.compactMap(\.text)
    return texts.count == items.count ? texts : nil
  }

  /// Takes the folder that `path` names, where it is there.
  private mutating func move(to node: YAMLNode) throws(DataError) {
    guard let text = node.text else {
      throw Self.fault(file ?? root, node, "'path' is \(node.kind), not a folder")
    }
    let folder = FilePath.path(text, from: root)
    if Folder.exists(folder) {
      root = folder
    } else {
      notes.append("'path' \(text) of \(file ?? "") is not there; the folder of the file is used")
    }
  }

  /// Where an entry leads: some services write `../train/images` for what lies beside the file.
  private func place(_ text: String) -> String {
    let path = FilePath.path(text, from: root)
    guard text.hasPrefix("../"), !File.exists(path) else { return path }
    let inside = "\(root)/\(text.dropFirst(3))"
    return File.exists(inside) ? inside : path
  }

  /// Names as a list, as a mapping from 0, or a number of them.
  private static func classes(
    _ values: [String: YAMLNode],
    _ file: String
  ) throws(DataError) -> [String]? {
    let count = values["nc"]?.int
    guard let node = values["names"], !node.isNull else {
      return count.map { (0..<max(0, $0)).map { "class_\($0)" } }
    }
    let names = try names(node, file)
    if let count, count != names.count {
      throw fault(file, node, "'nc' is \(count) and there are \(names.count) 'names'")
    }
    return names
  }

  private static func names(_ node: YAMLNode, _ file: String) throws(DataError) -> [String] {
    guard let entries = node.entries else {
      guard let names = texts(node), node.items != nil else {
        throw fault(file, node, "'names' is \(node.kind), not a list of names or a mapping from 0")
      }
      return names
    }
    var names: [Int: String] = [:]
    for entry in entries {
      guard let number = Int(entry.key), number >= 0, number < entries.count,
        let text = entry.value.text
      else {
        throw fault(
          file,
          entry.value,
          "'names' has '\(entry.key)'; its keys are 0 to \(entries.count - 1), its values names"
        )
      }
      names[number] = text
    }
    return (0..<entries.count).compactMap { names[$0] }
  }
}
