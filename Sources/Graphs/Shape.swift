/// The size of one axis: known, named, or open.
public enum Dimension: Sendable, Hashable {
  case known(Int)
  /// A name that stands for the same size wherever it appears in the graph, such as `batch`.
  case symbolic(String)
  case unknown

  /// The size, if it is known.
  public var value: Int? {
    guard case .known(let size) = self else { return nil }
    return size
  }
}

/// The sizes of a tensor's axes.
///
/// A value of unknown rank has no `Shape`.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral {
  /// One entry an axis.
  public var dimensions: [Dimension]

  /// A shape of these axes.
  public init(_ dimensions: [Dimension]) { self.dimensions = dimensions }
  /// A shape whose sizes are all known.
  public init(_ sizes: [Int]) { dimensions = sizes.map(Dimension.known) }
  /// A shape whose sizes are all known.
  public init(arrayLiteral sizes: Int...) { self.init(sizes) }

  /// The number of axes.
  public var rank: Int { dimensions.count }
  /// The sizes, if all are known.
  public var sizes: [Int]? {
    let known = dimensions.compactMap(\.value)
    return known.count == dimensions.count ? known : nil
  }
  /// The number of elements, if all sizes are known and memory can address as many.
  public var count: Int? {
    guard let sizes else { return nil }
    var total = 1
    for size in sizes {
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      total = product
    }
    return total
  }
}

extension Shape: CustomStringConvertible {
  /// The axes joined by ×, such as `1×3×height×?`; `scalar` when there are none.
  public var description: String {
    guard !dimensions.isEmpty else { return "scalar" }
    return dimensions.map {
      switch $0 {
      case .known(let size): "\(size)"
      case .symbolic(let name): name
      case .unknown: "?"
      }
    }.joined(separator: "×")
  }
}

/// What is known of a value: its element type and shape.
public struct ValueType: Sendable, Hashable {
  /// The element type; nil where it is not stated.
  public var element: ElementType?
  /// The shape; nil where even the rank is not known.
  public var shape: Shape?

  /// A tensor type.
  public init(element: ElementType?, shape: Shape?) {
    self.element = element
    self.shape = shape
  }
}

/// A graph input or output, or a value inside whose type the file states.
public struct ValueInfo: Sendable, Hashable {
  /// The value's name.
  public var name: String
  /// Its type, for tensors.
  public var type: ValueType
  /// The type's bytes as they were read, kept where they say more than `type` does.
  ///
  /// So it is with sequences, maps, optional and sparse types, and with a tensor's denotations. A writer that finds ``type`` changed since leaves them out.
  public var otherType: [UInt8]
  /// The documentation string, and fields that this version does not know, as they were read.
  public var unknownFields: [UInt8]

  /// A named tensor value.
  public init(
    _ name: String,
    type: ValueType,
    otherType: [UInt8] = [],
    unknownFields: [UInt8] = []
  ) {
    self.name = name
    self.type = type
    self.otherType = otherType
    self.unknownFields = unknownFields
  }

  /// A named tensor value of an element type and a shape.
  public init(_ name: String, _ element: ElementType = .float32, _ shape: Shape? = nil) {
    self.init(name, type: ValueType(element: element, shape: shape))
  }
}
