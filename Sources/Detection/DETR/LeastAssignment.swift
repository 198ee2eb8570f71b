/// The exact solution of the assignment problem, by shortest augmenting paths (Jonker and Volgenant 1987).
///
/// Our own, since no library that Swift reaches on Linux has one. It takes time in the order of rows² x columns, of the fewer rows.
package enum LeastAssignment {
  /// For each row the column that it takes, so that the sum of costs is least; nil for rows beyond the number of columns.
  ///
  /// - Parameters:
  ///   - rows: how many.
  ///   - columns: how many; each goes to one row at most.
  ///   - cost: of a row and a column; what is not finite counts as very dear.
  /// - Returns: a column for each row.
  package static func columns(
    rows: Int,
    columns: Int,
    cost: (_ row: Int, _ column: Int) -> Double
  ) -> [Int?] {
    var result = [Int?](repeating: nil, count: rows)
    if rows > columns {
      for (column, row) in Self.columns(rows: columns, columns: rows, cost: { cost($1, $0) })
        .enumerated()
      {
        if let row { result[row] = column }
      }
      return result
    }
    var search = Search(rows: rows, columns: columns)
    for row in 0..<rows {
      search.add(row) { row, column in
        let cost = cost(row, column)
        return cost.isFinite ? cost : 1e15
      }
    }
    for (column, row) in search.owners.dropLast().enumerated() {
      if let row { result[row] = column }
    }
    return result
  }

  /// Rows that have their columns so far, and prices that show that no other choice is cheaper.
  private struct Search {
    private let columns: Int
    private var rowPrices: [Double]
    private var columnPrices: [Double]
    /// The row of each column; the last column stands for the row that is being added.
    var owners: [Int?]

    init(rows: Int, columns: Int) {
      self.columns = columns
      rowPrices = [Double](repeating: 0, count: rows)
      columnPrices = [Double](repeating: 0, count: columns + 1)
      owners = [Int?](repeating: nil, count: columns + 1)
    }

    /// Finds a column for a row, moving others along the cheapest path.
    mutating func add(_ row: Int, _ cost: (Int, Int) -> Double) {
      owners[columns] = row
      var current = columns
      var distances = [Double](repeating: .infinity, count: columns)
      var before = [Int](repeating: columns, count: columns)
      var isDone = [Bool](repeating: false, count: columns + 1)
      while let owner = owners[current] {
        isDone[current] = true
        var nearest = (column: columns, distance: Double.infinity)
        for column in 0..<columns where !isDone[column] {
          let distance = cost(owner, column) - rowPrices[owner] - columnPrices[column]
          if distance < distances[column] {
            distances[column] = distance
            before[column] = current
          }
          if distances[column] < nearest.distance { nearest = (column, distances[column]) }
        }
        for column in 0...columns {
          if isDone[column] {
            if let owner = owners[column] { rowPrices[owner] += nearest.distance }
            columnPrices[column] -= nearest.distance
          } else if column < columns {
            distances[column] -= nearest.distance
          }
        }
        current = nearest.column
      }
      while current != columns {
        owners[current] = owners[before[current]]
        current = before[current]
      }
    }
  }
}
