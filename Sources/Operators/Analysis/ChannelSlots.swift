/// Which channels must be cut together: slots joined into classes, some of them closed.
///
/// A *slot* is a channel at the place where it is made. Slot 0 stands for everything that is never cut.
/// Joining and finding take almost constant time (union by index, paths halved).
struct ChannelSlots {
  private var parent: ContiguousArray<Int32> = [0]
  /// For every root, the position of its closing reason in `reasons`, or -1 while it is open.
  private var closing: ContiguousArray<Int32> = [0]
  private(set) var reasons: [String] = ["it is not made by a layer that can be cut"]

  /// The number of slots, the fixed one included.
  var count: Int { parent.count }

  /// Makes `count` slots that are in no class but their own.
  mutating func fresh(_ count: Int) -> ContiguousArray<Int32> {
    let start = Int32(parent.count)
    let made = ContiguousArray(start..<start + Int32(count))
    parent.append(contentsOf: made)
    closing.append(contentsOf: repeatElement(-1, count: count))
    return made
  }

  /// The class of a slot, as its least slot.
  mutating func root(_ slot: Int32) -> Int32 {
    var slot = Int(slot)
    while parent[slot] != slot {
      parent[slot] = parent[Int(parent[slot])]
      slot = Int(parent[slot])
    }
    return Int32(slot)
  }

  /// Keeps a reason, to be named by its position.
  mutating func reason(_ text: String) -> Int32 {
    reasons.append(text)
    return Int32(reasons.count - 1)
  }

  /// Makes the channels of `slot` ones that are never cut; the first reason stays.
  mutating func close(_ slot: Int32, _ reason: Int32) {
    let root = Int(root(slot))
    if closing[root] < 0 { closing[root] = reason }
  }

  /// Makes two slots one class; what meets slot 0 is closed with `reason`.
  mutating func join(_ a: Int32, _ b: Int32, _ reason: Int32) {
    if a == b { return }
    if a == 0 { return close(b, reason) }
    if b == 0 { return close(a, reason) }
    let (a, b) = (root(a), root(b))
    if a == b { return }
    let (low, high) = (Int(min(a, b)), Int(max(a, b)))
    parent[high] = Int32(low)
    if closing[low] < 0 { closing[low] = closing[high] }
  }

  /// Why the channels of a class are never cut; nil while they can be.
  mutating func closingReason(_ slot: Int32) -> String? {
    let index = closing[Int(root(slot))]
    return index < 0 ? nil : reasons[Int(index)]
  }

  /// The class of every slot.
  mutating func roots() -> ContiguousArray<Int32> {
    for slot in parent.indices { parent[slot] = parent[Int(parent[slot])] }
    return parent
  }
}
