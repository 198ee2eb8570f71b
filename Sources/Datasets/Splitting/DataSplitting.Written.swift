internal import Files
internal import Graphs

extension DataSplitting {
  /// The files of lists, and what names the data set with them.
  struct Written {
    var files: [(path: String, text: String)]
    var result: String

    /// Lists of stems in `ImageSets/Main`.
    init(voc root: String, _ parts: [Listed]) throws(DataError) {
      guard PascalVOC.partFolders(of: root).isEmpty || PascalVOC.Layout(root).isThere else {
        throw .missing(path: root, wanted: "XML files in one folder; it has a folder for each part")
      }
      files = parts.map { part in
        ("\(root)/ImageSets/Main/\(part.name).txt", part.entries.map { "\($0.id)\n" }.joined())
      }
      result = "voc:\(root)"
    }

    /// Lists of paths, and a file that describes them; the data's own stays as it is.
    init(yolo root: String, _ parts: [Listed], _ classes: [String]) throws(DataError) {
      let description = try YOLO.Description(root)
      let isFile = !Folder.exists(root)
      let folder = isFile ? FilePath.folder(of: root) : root
      let hasYAML = description.file.map { FolderListing.has($0, [".yaml", ".yml"]) } ?? false
      let name = hasYAML ? "split" : "data"
      let prefix = hasYAML ? "split_" : ""
      files = parts.map { part in
        let rows = part.entries.map { Self.path($0.path, from: folder) + "\n" }
        return ("\(folder)/\(prefix)\(part.name).txt", rows.joined())
      }
      let lists = parts.map { "\($0.name): \(prefix)\($0.name).txt\n" }
      let names = classes.enumerated().map { "  \($0): \(JSONValue.string($1).line)\n" }
      files.append(("\(folder)/\(name).yaml", lists.joined() + "names:\n" + names.joined()))
      result = hasYAML ? "yolo:\(folder)/\(name).yaml" : "yolo:\(folder)"
    }

    /// A path as a list in the folder has it.
    private static func path(_ path: String, from folder: String) -> String {
      path.hasPrefix(folder + "/")
        ? "./" + path.dropFirst(folder.count + 1) : FilePath.absolute(path)
    }
  }
}

extension DataSplitting.Written {
  /// Annotation files with all that the one file says of each image.
  init(
    coco root: String,
    _ lists: [String],
    _ parts: [DataSplitting.Listed],
    seed: Int
  ) throws(DataError) {
    guard lists.count == 1, let list = lists.first else {
      throw .missing(
        path: root,
        wanted: "one annotation file to split; --list names it: \(alternatives(lists))"
      )
    }
    let file = COCOAnnotations.places(root: root, name: list).file
    let whole = try Self.object(file)
    let folder = FilePath.folder(of: file)
    let annotations =
      FilePath.name(of: folder) == "annotations" ? folder : "\(folder)/annotations"
    let stem = FilePath.stem(of: file)
    let own = stem.hasPrefix("instances_") ? "\(stem)_" : "instances_"
    files = parts.map { part in
      (
        "\(annotations)/\(own)\(part.name).json",
        Self.part(whole, Set(part.entries.map(\.id))).line + "\n"
      )
    }
    result = "coco:\(FilePath.folder(of: annotations))"
  }

  private static func object(_ file: String) throws(DataError) -> [JSONValue.Member] {
    let value: JSONValue
    do { value = try JSONReader.read(File.contents(of: file, acceptsPipes: false)) } catch {
      throw .empty(path: file, reason: "\(error)")
    }
    guard case .object(let members) = value else {
      throw .empty(path: file, reason: "it is no object with 'images' and 'annotations'")
    }
    return members
  }

  /// The members of a file, of whose images and annotations those of some ids stay.
  private static func part(_ whole: [JSONValue.Member], _ ids: Set<String>) -> JSONValue {
    .object(
      whole.map { member in
        guard case .array(let items) = member.value,
          let key = ["images": "id", "annotations": "image_id"][member.key]
        else { return member }
        return JSONValue.Member(member.key, .array(items.filter { has($0, key, ids) }))
      }
    )
  }

  private static func has(_ item: JSONValue, _ key: String, _ ids: Set<String>) -> Bool {
    guard case .object(let members) = item,
      let id = members.first(where: { $0.key == key })?.value
    else { return false }
    if case .string(let text) = id { return ids.contains(text) }
    return ids.contains(id.line)
  }
}
