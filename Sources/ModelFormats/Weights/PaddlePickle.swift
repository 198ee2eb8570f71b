internal import Graphs

/// The arrays of `.pdparams` and `.pdopt`: a pickled dictionary of names and arrays.
enum PaddlePickle {
  /// Where Paddle 2 notes which pieces large arrays were cut into.
  private static let pieces = "UnpackBigParamInfor@@"

  static func read(_ bytes: Bytes, path: String) throws(WeightError) -> [WeightTable.Entry] {
    unsafe try bytes.withUnsafeBytes { memory throws(WeightError) in
      var pickle = unsafe Pickle(bytes, memory, path: path)
      let root = try pickle.load()
      guard case .dictionary(let members) = root else {
        throw .damaged(path: path, offset: 0, .unexpected("the pickle is no dictionary of arrays"))
      }
      var entries: [WeightTable.Entry] = []
      var places: [String: Int] = [:]
      var cut: PickleBox?
      for (name, value) in pairs(members, pickle) {
        if name == pieces, case .dictionary(let box) = value { cut = box }
        // Names of structure, learning rates as plain numbers and the like are no tensors.
        guard let constant = constant(value) else { continue }
        guard places.updateValue(entries.count, forKey: name) == nil else {
          throw .damaged(path: path, offset: 0, .duplicate(name))
        }
        entries.append(.init(name: name, value: constant))
      }
      guard let cut else { return entries }
      return try join(cut, entries, places, pickle, path)
    }
  }

  private static func pairs(_ box: PickleBox, _ pickle: Pickle) -> [(String, PickleValue)] {
    stride(from: 0, to: box.items.count - 1, by: 2).compactMap { index in
      pickle.text(box.items[index]).map { ($0, box.items[index + 1]) }
    }
  }

  private static func constant(_ value: PickleValue) -> Constant? {
    switch value {
    case .constant(let constant): constant
    case .array(let box):
      if case .constant(let constant)? = box.items.first { constant } else { nil }
    default: nil
    }
  }

  /// Puts pieces together again: `{name: {"OriginShape": (…), "slices": [names]}}`.
  private static func join(
    _ notes: PickleBox,
    _ entries: [WeightTable.Entry],
    _ places: [String: Int],
    _ pickle: Pickle,
    _ path: String
  ) throws(WeightError) -> [WeightTable.Entry] {
    var whole: [WeightTable.Entry] = []
    var used: Set<String> = []
    for (name, note) in pairs(notes, pickle) {
      guard case .dictionary(let box) = note else { continue }
      var shape: [Int] = []
      var parts: [String] = []
      for (key, value) in pairs(box, pickle) {
        let items: [PickleValue] =
          switch value {
          case .tuple(let items): items
          case .list(let list): list.items
          default: []
          }
        if key == "OriginShape" {
          shape = items.compactMap { if case .int(let size) = $0 { size } else { nil } }
        }
        if key == "slices" { parts = items.compactMap(pickle.text) }
      }
      let found = parts.compactMap { places[$0].map { entries[$0].value } }
      guard let type = found.first?.type, found.count == parts.count,
        found.allSatisfy({ $0.type == type })
      else {
        throw .damaged(path: path, offset: 0, .unexpected("pieces of '\(name)' are missing"))
      }
      let joined = Bytes(found.flatMap { $0.bytes.elements(as: UInt8.self) })
      try Safetensors.check(name, type, shape, joined.count, at: 0, path)
      whole.append(.init(name: name, value: Constant(type: type, shape: shape, bytes: joined)))
      used.formUnion(parts)
    }
    return entries.filter { !used.contains($0.name) } + whole
  }
}
