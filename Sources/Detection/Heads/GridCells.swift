import Datasets

/// The cells of a detector's maps, map after map, row after row.
struct GridCells: Sendable, Hashable {
  /// One map.
  struct Map: Sendable, Hashable {
    let stride: Int
    let columns: Int
    let rows: Int
  }

  let maps: [Map]

  /// The maps of an input; a cell at the edge may span less.
  init(_ input: PixelSize, strides: [Int]) {
    maps = strides.map { stride in
      Map(
        stride: stride,
        columns: (input.width + stride - 1) / stride,
        rows: (input.height + stride - 1) / stride
      )
    }
  }

  /// How many cells there are.
  var count: Int { maps.reduce(0) { $0 + $1.columns * $1.rows } }

  /// Calls `body` with each cell's number, column, row and stride.
  func forEach(_ body: (_ cell: Int, _ column: Int, _ row: Int, _ stride: Float) -> Void) {
    var cell = 0
    for map in maps {
      for row in 0..<map.rows {
        for column in 0..<map.columns {
          body(cell, column, row, Float(map.stride))
          cell += 1
        }
      }
    }
  }

  /// Strides that detectors have, the usual first.
  private static let usual = [
    [8, 16, 32], [8, 16, 32, 64], [4, 8, 16, 32], [16, 32], [8, 16], [4, 8, 16], [16, 32, 64],
    [8, 16, 32, 64, 128], [32],
  ]

  /// The strides whose cells are as many, `each` to a cell.
  ///
  /// - Returns: nil where no usual ones are.
  static func strides(of count: Int, each: Int = 1, in input: PixelSize) -> [Int]? {
    usual.first { GridCells(input, strides: $0).count * each == count }
  }

  /// The cells of an output, by the strides that a recipe says or else the usual ones.
  ///
  /// - Throws: ``DetectionError/outputs(task:_:)`` where there are other numbers of cells.
  static func found(
    _ count: Int,
    strides given: [Int],
    in input: PixelSize,
    head: String
  ) throws(DetectionError) -> GridCells {
    let known = given.isEmpty ? strides(of: count, in: input) : given
    let cells = GridCells(input, strides: known ?? [])
    guard cells.count == count else {
      throw .outputs(
        task: head,
        "the outputs are of \(count) cells; strides \(given.isEmpty ? "that are usual" : "\(given)") do not make them of an input of "
          + "\(input.width)x\(input.height); give the task's 'strides'"
      )
    }
    return cells
  }
}

extension NetworkInterface {
  /// An output of images x rows x numbers with as many rows as maps of usual strides have cells, `each` to a cell.
  func cellRows(each: Int, least: Int) -> (output: Value, rows: Int, columns: Int, strides: [Int])?
  {
    guard let size = imageSize else { return nil }
    for output in outputs {
      guard let rows = output.rows, let columns = output.columns, columns >= least,
        let strides = GridCells.strides(of: rows, each: each, in: size)
      else { continue }
      return (output, rows, columns, strides)
    }
    return nil
  }
}
