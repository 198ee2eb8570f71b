/// Greedy non-maximum suppression as PaddlePaddle's `multiclass_nms` does it.
package struct Suppression: Sendable, Hashable {
  /// A box goes when its IoU with a better one of its class is above this.
  package var overlap: Float
  /// How many boxes of a class take part, by score.
  package var candidates: Int
  /// How many boxes of an image are kept over all classes, by score.
  package var kept: Int
  /// Whether widths and heights count one more than right - left, as pixels do ("not normalized").
  package var addsOne: Bool

  package init(overlap: Float, candidates: Int, kept: Int, addsOne: Bool) {
    self.overlap = overlap
    self.candidates = candidates
    self.kept = kept
    self.addsOne = addsOne
  }

  /// A box by its edges.
  package struct Corners: Sendable, Hashable {
    package var left: Float
    package var top: Float
    package var right: Float
    package var bottom: Float

    package init(left: Float, top: Float, right: Float, bottom: Float) {
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
    }

    var isFinite: Bool { left.isFinite && top.isFinite && right.isFinite && bottom.isFinite }
  }

  /// A box that is kept: its place among the boxes, and its score in its class.
  package struct Survivor: Sendable, Hashable {
    package var category: Int
    package var box: Int
    package var score: Float
  }

  /// A score in order: a greater key is a better score, and of equal scores the earlier box.
  package static func key(score: Float, box: Int) -> UInt64 {
    UInt64(score.bitPattern) << 32 | UInt64(UInt32.max - UInt32(truncatingIfNeeded: box))
  }

  private static func score(_ key: UInt64) -> Float { Float(bitPattern: UInt32(key >> 32)) }
  private static func box(_ key: UInt64) -> Int { Int(UInt32.max - UInt32(key & 0xffff_ffff)) }

  /// The boxes of one image that are kept, best score first; equal scores in order of class, then box.
  ///
  /// - Parameters:
  ///   - boxes: every box of the image.
  ///   - keys: for each class the keys of its candidates, whose scores are above 0.
  /// - Returns: what is left.
  package func survivors(of boxes: [Corners], keys: consuming [[UInt64]]) -> [Survivor] {
    var found: [Survivor] = []
    for category in keys.indices where !keys[category].isEmpty {
      var ranked = keys[category]
      Self.keepLargest(&ranked, candidates)
      ranked.sort(by: >)
      for key in suppressed(ranked, boxes) {
        found.append(
          Survivor(category: category, box: Self.box(key), score: Self.score(key))
        )
      }
    }
    let order = found.indices.sorted {
      found[$0].score != found[$1].score ? found[$0].score > found[$1].score : $0 < $1
    }
    return order.prefix(kept).map { found[$0] }
  }

  /// The keys whose boxes no better box covers.
  private func suppressed(_ ranked: [UInt64], _ boxes: [Corners]) -> [UInt64] {
    var keys: [UInt64] = []
    var chosen: [Corners] = []
    for key in ranked {
      let box = boxes[Self.box(key)]
      if !chosen.contains(where: { iou(box, $0) > overlap }) {
        keys.append(key)
        chosen.append(box)
      }
    }
    return keys
  }

  /// Intersection over union; 0 for boxes that do not meet.
  func iou(_ a: Corners, _ b: Corners) -> Float {
    if b.left > a.right || b.right < a.left || b.top > a.bottom || b.bottom < a.top { return 0 }
    let one: Float = addsOne ? 1 : 0
    let width = min(a.right, b.right) - max(a.left, b.left) + one
    let height = min(a.bottom, b.bottom) - max(a.top, b.top) + one
    let meeting = width * height
    return meeting / (area(a) + area(b) - meeting)
  }

  private func area(_ box: Corners) -> Float {
    if box.right < box.left || box.bottom < box.top { return 0 }
    let one: Float = addsOne ? 1 : 0
    return (box.right - box.left + one) * (box.bottom - box.top + one)
  }

  /// Leaves the `count` largest, in any order (Hoare's selection).
  private static func keepLargest(_ keys: inout [UInt64], _ count: Int) {
    guard keys.count > count else { return }
    var low = 0
    var high = keys.count - 1
    while low < high {
      let pivot = keys[low + (high - low) / 2]
      var left = low
      var right = high
      while left <= right {
        while keys[left] > pivot { left += 1 }
        while keys[right] < pivot { right -= 1 }
        if left <= right {
          keys.swapAt(left, right)
          left += 1
          right -= 1
        }
      }
      if count - 1 <= right {
        high = right
      } else if count - 1 >= left {
        low = left
      } else {
        break
      }
    }
    keys.removeLast(keys.count - count)
  }
}
