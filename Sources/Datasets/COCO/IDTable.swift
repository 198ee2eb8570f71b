/// The places of ids, which in COCO files are any whole numbers.
struct IDTable: Sendable {
  private static let none = Int32(-1)
  /// The least id of the dense table.
  private let least: Int64
  /// Places by id less ``least``; empty where ids lie too far apart.
  private let dense: [Int32]
  private let sparse: [Int64: Int32]

  /// Places in a list of ids; of equal ids the first counts.
  init(_ ids: [Int64]) {
    let (low, high) = (ids.min() ?? 0, ids.max() ?? -1)
    let (span, overflows) = high.subtractingReportingOverflow(low)
    least = low
    if !overflows, span < max(1 << 20, ids.count * 16) {
      var table = [Int32](repeating: Self.none, count: Int(span) + 1)
      for (place, id) in ids.enumerated().reversed() {
        table[Int(id - low)] = Int32(truncatingIfNeeded: place)
      }
      (dense, sparse) = (table, [:])
    } else {
      let pairs = ids.enumerated().map { ($1, Int32(truncatingIfNeeded: $0)) }
      (dense, sparse) = ([], Dictionary(pairs) { first, _ in first })
    }
  }

  /// The place of an id.
  subscript(id: Int64) -> Int? {
    if dense.isEmpty { return sparse[id].map(Int.init) }
    let (offset, overflows) = id.subtractingReportingOverflow(least)
    guard !overflows, offset >= 0, offset < dense.count else { return nil }
    let place = dense[Int(offset)]
    return place == Self.none ? nil : Int(place)
  }
}
