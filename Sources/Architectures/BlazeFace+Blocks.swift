extension BlazeFace {
  /// A BlazeBlock of one look and one pointwise convolution.
  package struct SingleBlock: Sendable, Hashable {
    /// The channels that come out.
    package var channels: Int
    /// 1, or 2 where the block halves the sides.
    package var stride: Int

    package init(_ channels: Int, stride: Int = 1) {
      self.channels = channels
      self.stride = stride
    }
  }

  /// A BlazeBlock of two looks, each followed by a pointwise convolution.
  package struct DoubleBlock: Sendable, Hashable {
    /// The channels between the two.
    package var middle: Int
    /// The channels that come out.
    package var channels: Int
    /// 1, or 2 where the block halves the sides.
    package var stride: Int

    package init(_ middle: Int, _ channels: Int, stride: Int = 1) {
      self.middle = middle
      self.channels = channels
      self.stride = stride
    }
  }

  /// The widths of a network of BlazeBlocks: a first convolution that halves, single blocks, double blocks.
  ///
  /// Three blocks halve, the last of them a double one, so that predictions are made at strides 8 and 16. A block that does not
  /// halve adds its input to its output: both have the same channels.
  package struct Blocks: Sendable, Hashable {
    /// The first convolution's filters.
    package var first: Int
    package var singles: [SingleBlock]
    package var doubles: [DoubleBlock]

    package init(first: Int, singles: [SingleBlock], doubles: [DoubleBlock]) {
      self.first = first
      self.singles = singles
      self.doubles = doubles
    }

    /// A block's channels: after the first pointwise convolution, and after the second, where it has one.
    struct Block: Sendable, Hashable {
      var middle: Int
      var double: Int?
      var stride: Int

      /// The channels that come out.
      var channels: Int { double ?? middle }
    }

    /// All blocks in order.
    var all: [Block] {
      singles.map { Block(middle: $0.channels, double: nil, stride: $0.stride) }
        + doubles.map { Block(middle: $0.middle, double: $0.channels, stride: $0.stride) }
    }

    /// The place in ``all`` of the block that makes stride 16 of stride 8.
    var last: Int? { all.lastIndex { $0.stride == 2 } }

    /// Throws ``ArchitectureError`` where blocks cannot stand behind each other.
    func check() throws(ArchitectureError) {
      guard first > 0 else { throw .badBlock(0, .width(first)) }
      var channels = first
      for (place, block) in all.enumerated() {
        for width in [block.middle, block.channels] where width < 1 {
          throw .badBlock(place, .width(width))
        }
        guard (1...2).contains(block.stride) else { throw .badBlock(place, .stride(block.stride)) }
        guard block.stride == 2 || block.channels == channels else {
          throw .badBlock(place, .sum(channels, block.channels))
        }
        channels = block.channels
      }
      let halving = all.indices.filter { all[$0].stride == 2 }
      guard halving.count == 3, halving[2] >= singles.count else {
        throw .badHalving(halving.count, doubles: doubles.count { $0.stride == 2 })
      }
    }
  }
}

extension BlazeFace.Blocks {
  /// The blocks of a published network; nil for Lite, which has none.
  package init?(_ variant: BlazeFace.Variant) {
    let small: [BlazeFace.SingleBlock] = [.init(12), .init(12, stride: 2), .init(12)]
    switch variant {
    case .original:
      self.init(
        first: 24,
        singles: [.init(24), .init(24), .init(48, stride: 2), .init(48), .init(48)],
        doubles: [
          .init(24, 96, stride: 2), .init(24, 96), .init(24, 96),
          .init(24, 96, stride: 2), .init(24, 96), .init(24, 96),
        ]
      )
    case .nas:
      self.init(
        first: 12,
        singles: small,
        doubles: [
          .init(16, 24, stride: 2), .init(12, 24), .init(16, 72, stride: 2), .init(12, 72),
        ]
      )
    case .nasV2:
      self.init(
        first: 12,
        singles: small,
        doubles: [
          .init(16, 32, stride: 2), .init(32, 32), .init(16, 72, stride: 2), .init(24, 72),
        ]
      )
    case .lite: return nil
    }
  }
}
