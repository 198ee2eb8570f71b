internal import Graphs

/// The arrays of `.pdparams` and `.pdopt`: a pickled dictionary of names and arrays.
enum PaddlePickle {
  /// Where Paddle 2 notes which pieces large arrays were cut into.
  private static let pieces = "UnpackBigParamInfor@@"

  static func read(_ bytes: Bytes, path: String) throws(WeightError) -> [WeightTable.Entry] {
    guard let members = try Pickle.read(bytes, path: path).pairs else {
      throw .damaged(path: path, offset: 0, .unexpected("the pickle is no dictionary of arrays"))
    }
    var entries: [WeightTable.Entry] = []
    var places: [String: Int] = [:]
    var cut: Pickle.Value?
    for (key, value) in members {
      guard let name = key.text else { continue }
      if name == pieces, value.pairs != nil { cut = value }
      // Names of structure, learning rates as plain numbers and the like are no tensors.
      guard let constant = constant(value) else { continue }
      guard places.updateValue(entries.count, forKey: name) == nil else {
        throw .damaged(path: path, offset: 0, .duplicate(name))
      }
      entries.append(.init(name: name, value: constant))
    }
    guard let cut else { return entries }
    return try join(cut, entries, places, path)
  }

  private static func constant(_ value: Pickle.Value) -> Constant? {
    switch value {
    case .constant(let constant): constant
    case .array(let box):
      if case .constant(let constant)? = box.items.first { constant } else { nil }
    default: nil
    }
  }

  /// Puts pieces together again: `{name: {"OriginShape": (…), "slices": [names]}}`.
  private static func join(
    _ notes: Pickle.Value,
    _ entries: [WeightTable.Entry],
    _ places: [String: Int],
    _ path: String
  ) throws(WeightError) -> [WeightTable.Entry] {
    var whole: [WeightTable.Entry] = []
    var used: Set<String> = []
    for (key, note) in notes.pairs ?? [] {
      guard let name = key.text, let members = note.pairs else { continue }
      var shape: [Int] = []
      var parts: [String] = []
      for (key, value) in members {
        let items = value.items ?? []
        if key.text == "OriginShape" {
          shape = items.compactMap { if case .int(let size) = $0 { size } else { nil } }
        }
        if key.text == "slices" { parts = items.compactMap(\.text) }
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
