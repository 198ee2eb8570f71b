/// An output as rows of numbers, such as boxes of four: images x rows x columns, whatever its axes.
struct HeadTable: Sendable {
  let name: String
  let rows: Int
  let columns: Int
  let values: [Float]

  /// The numbers of an image, row after row.
  func image(_ image: Int) -> ArraySlice<Float> {
    let each = rows * columns
    return values[image * each..<(image + 1) * each]
  }

  /// The place of a row's first number in ``values``.
  func start(_ image: Int, _ row: Int) -> Int { (image * rows + row) * columns }

  /// Four numbers of a row.
  func four(_ image: Int, _ row: Int, from column: Int = 0) -> (Float, Float, Float, Float) {
    let start = start(image, row) + column
    return (values[start], values[start + 1], values[start + 2], values[start + 3])
  }
}

extension HeadOutputs {
  /// An output as rows of so many numbers.
  ///
  /// It may be images x rows x columns or images x columns x rows, maps of channels that are anchors x columns, or, of one image, without
  /// the axis of images; rows of one number may lack the last axis.
  ///
  /// - Throws: ``DetectionError/outputs(task:_:)`` for an output that is missing or has other sizes.
  func table(_ name: String, columns: Int) throws -> HeadTable {
    let found = try values(name)
    let sizes = found.sizes
    let isWhole = sizes.first == images
    switch sizes.count {
    case 4 where isWhole && sizes[1].isMultiple(of: columns):
      return found.maps(columns: columns)
    case 4 where isWhole && sizes[3] == columns:
      return found.table(rows: sizes[1] * sizes[2], columns: columns)
    case 3 where isWhole && sizes[2] == columns:
      return found.table(rows: sizes[1], columns: columns)
    case 3 where isWhole && sizes[1] == columns:
      return found.maps(columns: columns)
    case 2 where images == 1 && sizes[1] == columns:
      return found.table(rows: sizes[0], columns: columns)
    case 2 where isWhole && columns == 1:
      return found.table(rows: sizes[1], columns: 1)
    case 1 where isWhole && columns == 1:
      return found.table(rows: 1, columns: 1)
    case 1 where images == 1 && columns == 1:
      return found.table(rows: sizes[0], columns: 1)
    default:
      throw misfit(found, "rows of \(columns) numbers for each of \(images) images")
    }
  }

  /// An output as rows of at least so many numbers, images x rows x columns.
  func table(_ name: String, leastColumns: Int) throws -> HeadTable {
    let found = try values(name, [images, nil, nil])
    guard found.sizes[2] >= leastColumns else {
      throw misfit(found, "\(images)x?x\(leastColumns)")
    }
    return found.table(rows: found.sizes[1], columns: found.sizes[2])
  }
}

extension HeadOutputs.Values {
  fileprivate func table(rows: Int, columns: Int) -> HeadTable {
    HeadTable(name: name, rows: rows, columns: columns, values: values)
  }

  /// Images x (anchors x columns) x cells as rows: cell after cell, of a cell anchor after anchor.
  fileprivate func maps(columns: Int) -> HeadTable {
    let channels = sizes[1]
    let cells = sizes[2...].reduce(1, *)
    var turned: [Float] = []
    turned.reserveCapacity(values.count)
    for image in 0..<sizes[0] {
      for cell in 0..<cells {
        let start = image * channels * cells + cell
        for channel in 0..<channels { turned.append(values[start + channel * cells]) }
      }
    }
    return HeadTable(
      name: name,
      rows: cells * channels / columns,
      columns: columns,
      values: turned
    )
  }
}

extension NetworkInterface.Value {
  /// How many numbers a row of it has, where it is images x rows x columns.
  var columns: Int? { rank == 3 ? size(2) : nil }

  /// How many rows it has for an image, where it is images x rows x columns.
  var rows: Int? { rank == 3 ? size(1) : nil }
}
