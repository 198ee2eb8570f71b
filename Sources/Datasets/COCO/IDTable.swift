/// The places of ids, which in COCO files are any numbers and texts.
struct IDTable: Sendable {
  private static let none = Int32(-1)
  /// The least id of the dense table.
  private let least: Int64
  /// Places by id less ``least``; empty where ids lie too far apart.
  private let dense: [Int32]
  private let sparse: [COCOID: Int32]

  /// Places in a list of ids; of equal ids the first counts.
  init(_ ids: [COCOID]) {
    let whole = ids.enumerated().compactMap { place, id -> (place: Int, id: Int64)? in
      if case .whole(let number) = id { (place, number) } else { nil }
    }
    let (low, high) = (whole.map(\.id).min() ?? 0, whole.map(\.id).max() ?? -1)
    let (span, overflows) = high.subtractingReportingOverflow(low)
    least = low
    let isDense = !overflows && span < max(1 << 20, ids.count * 16)
    var table = [Int32](repeating: Self.none, count: isDense ? Int(span) + 1 : 0)
    if isDense {
      for (place, id) in whole.reversed() {
        table[Int(id - low)] = Int32(truncatingIfNeeded: place)
      }
    }
    dense = table
    var others: [COCOID: Int32] = [:]
    for (place, id) in ids.enumerated() {
      if isDense, case .whole = id { continue }
      if others[id] == nil { others[id] = Int32(truncatingIfNeeded: place) }
    }
    sparse = others
  }

  /// The place of an id.
  subscript(id: COCOID) -> Int? {
    guard case .whole(let number) = id, !dense.isEmpty else { return sparse[id].map(Int.init) }
    let (offset, overflows) = number.subtractingReportingOverflow(least)
    guard !overflows, offset >= 0, offset < dense.count else { return nil }
    let place = dense[Int(offset)]
    return place == Self.none ? nil : Int(place)
  }

  /// What a message adds where the id is there in the other form, as a number or as a text.
  func remark(on id: COCOID) -> String {
    let bytes = Array(id.words.utf8)
    let twin: COCOID =
      id.isNumber ? .text(bytes) : Int64(id.words).map { .whole($0) } ?? .number(bytes)
    return self[twin] == nil ? "" : ", which have \(twin); write both as numbers or both as texts"
  }
}
