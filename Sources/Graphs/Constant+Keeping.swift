extension Constant {
  /// The constant with only `indices` of `axis` kept.
  ///
  /// - Parameters:
  ///   - indices: the positions kept, rising.
  ///   - axis: the axis, from 0.
  ///   - name: how an error names the constant.
  /// - Returns: the smaller constant.
  /// - Throws: ``GraphError/badAxis(_:constant:shape:)`` or ``GraphError/badIndices(constant:axis:size:)``.
  public func keeping(
    _ indices: [Int],
    axis: Int,
    name: String = "constant"
  ) throws(GraphError) -> Constant {
    try keeping([axis: indices], name: name)
  }

  /// The constant with only some indices of several axes kept, copied in one pass.
  ///
  /// - Parameters:
  ///   - axes: for each axis that is cut, the positions kept, rising.
  ///   - name: how an error names the constant.
  /// - Returns: the smaller constant.
  /// - Throws: ``GraphError/badAxis(_:constant:shape:)``, ``GraphError/badIndices(constant:axis:size:)`` or
  ///   ``GraphError/wrongByteCount(constant:expected:found:)``.
  public func keeping(
    _ axes: [Int: [Int]],
    name: String = "constant"
  ) throws(GraphError) -> Constant {
    if let elements = unpacked {
      let wide = try Constant(type: .uint8, shape: shape, bytes: elements).keeping(axes, name: name)
      return unsafe wide.bytes.withUnsafeBytes {
        unsafe Constant(packing: $0, type: type, shape: wide.shape)
      }
    }
    for axis in axes.keys.sorted() {
      guard shape.indices.contains(axis), type.bitCount >= 8 else {
        throw .badAxis(axis, constant: name, shape: shape)
      }
      guard let indices = axes[axis], indices.allSatisfy({ (0..<shape[axis]).contains($0) }),
        zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw .badIndices(constant: name, axis: axis, size: shape[axis]) }
    }
    // Single elements are read without a check of their own.
    guard bytes.count == type.byteCount(of: count) else {
      throw .wrongByteCount(
        constant: name,
        expected: type.byteCount(of: count),
        found: bytes.count
      )
    }
    guard let last = axes.keys.max(), let columns = axes[last] else { return self }
    var cut = self
    for (axis, indices) in axes { cut.shape[axis] = indices.count }
    let inner = shape[(last + 1)...].reduce(type.bitCount / 8, *)
    let rows = Self.rows(of: shape[..<last], keeping: axes)
    let stride = shape[last] * inner
    cut.bytes = unsafe bytes.withUnsafeBytes { source in
      unsafe Bytes(count: rows.count * columns.count * inner) { target in
        if inner == 4 {
          unsafe Self.gather(source, rows: rows, stride: stride, columns, into: target)
        } else {
          unsafe Self.gather(
            source,
            rows: rows,
            stride: stride,
            runs: Self.runs(of: columns),
            inner: inner,
            into: target
          )
        }
      }
    }
    return cut
  }

  /// The places, in row-major order, of the rows that stay of the leading axes.
  private static func rows(of shape: ArraySlice<Int>, keeping axes: [Int: [Int]]) -> [Int] {
    var rows = [0]
    for axis in shape.indices {
      let indices = axes[axis] ?? Array(0..<shape[axis])
      rows = rows.flatMap { row in indices.map { row * shape[axis] + $0 } }
    }
    return rows
  }

  /// Copies single elements of four bytes, whose runs are too short to be worth a call each.
  private static func gather(
    _ source: UnsafeRawBufferPointer,
    rows: [Int],
    stride: Int,
    _ columns: [Int],
    into target: UnsafeMutableRawBufferPointer
  ) {
    let target = unsafe target.assumingMemoryBound(to: UInt32.self)
    var position = 0
    for row in rows {
      for column in columns {
        unsafe target[position] = source.loadUnaligned(
          fromByteOffset: row * stride + column * 4,
          as: UInt32.self
        )
        position += 1
      }
    }
  }

  private static func gather(
    _ source: UnsafeRawBufferPointer,
    rows: [Int],
    stride: Int,
    runs: [Range<Int>],
    inner: Int,
    into target: UnsafeMutableRawBufferPointer
  ) {
    var position = 0
    for row in rows {
      for run in runs {
        let start = row * stride + run.lowerBound * inner
        let length = run.count * inner
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[position..<position + length])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + length]))
        position += length
      }
    }
  }

  private static func runs(of indices: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in indices {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }
}
