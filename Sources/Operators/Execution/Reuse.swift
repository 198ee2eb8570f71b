import Graphs
import Tensors

/// Which values are the same as in an earlier run, and the tensors kept of those.
///
/// Every value has a stamp: a number that stays while the value stays. A node whose inputs have the stamps of an
/// earlier run makes the values of that run, whether or not they are still there. Only comparing stamps, a change
/// is followed through the graph without executing anything.
///
/// Other stores keep values by image and never let one go for another. This one is by itself: it holds one run's values, each with what it
/// took to make, and gives up the cheapest a byte.
struct Reuse {
  private let layout: Layout
  private var stamps: [Int]
  private var last = 0
  /// What each node read and made in the run whose values are kept, and in the run before this one.
  private var keptRecords: [Record]
  private var latestRecords: [Record]
  private var values: [Kept?]
  private var bytes = 0
  private let isBoundary: [Bool]
  /// Multiply-adds that lead to a slot since the last boundary.
  private var effort: [Int]
  private var constants: [Constant?]
  private var firstStamps: [Int]

  private struct Record {
    var read: [Int] = []
    var made: [Int] = []
  }

  private struct Kept {
    let stamp: Int
    let tensor: Tensor
    let effort: Int
    var bytes: Int { tensor.byteCount }
  }

  init(_ layout: Layout) {
    self.layout = layout
    let count = layout.names.count
    stamps = Array(0..<count)
    firstStamps = stamps
    last = count
    keptRecords = [Record](repeating: Record(), count: layout.reads.count)
    latestRecords = keptRecords
    values = [Kept?](repeating: nil, count: count)
    effort = [Int](repeating: 0, count: count)
    constants = layout.constants
    isBoundary = Self.boundaries(layout)
  }

  /// Values that a changed constant, or a join with what it changed, is computed from again: what is read by a node
  /// with constants of fractions, or by a node that reads several computed values.
  private static func boundaries(_ layout: Layout) -> [Bool] {
    var result = [Bool](repeating: false, count: layout.names.count)
    for read in layout.reads {
      let computed = read.filter { $0 >= 0 && layout.constants[$0] == nil }
      let changeable = read.contains {
        $0 >= 0 && layout.constants[$0]?.type.isFloatingPoint == true
      }
      if changeable || computed.count > 1 { for slot in computed { result[slot] = true } }
    }
    for slot in layout.outputs { result[slot] = true }
    return result
  }

  /// The constant in a slot, if its value is known to the session.
  func constant(_ slot: Int) -> Constant? { constants[slot] }

  /// The stamp of a slot; -1 for an input left out.
  func stamp(_ slot: Int) -> Int { slot < 0 ? -1 : stamps[slot] }

  /// Gives an input or a constant a new stamp.
  mutating func touch(_ slot: Int) {
    last += 1
    stamps[slot] = last
  }

  /// Notes a constant's new value; the graph's own value gets its first stamp back.
  mutating func set(_ slot: Int, to value: Constant?) {
    if let value, value == constants[slot] { return }
    constants[slot] = value
    if let value, value == layout.constants[slot] {
      stamps[slot] = firstStamps[slot]
    } else {
      touch(slot)
    }
  }

  /// Follows changes through the graph: stamps of all computed values for this run.
  mutating func trace(keeping: Bool) {
    for index in layout.reads.indices {
      let read = layout.reads[index].map(stamp)
      let made: [Int]
      if keptRecords[index].read == read {
        made = keptRecords[index].made
      } else if latestRecords[index].read == read {
        made = latestRecords[index].made
      } else {
        made = layout.makes[index].map { _ in
          last += 1
          return last
        }
      }
      for (slot, stamp) in zip(layout.makes[index], made) where slot >= 0 { stamps[slot] = stamp }
      latestRecords[index] = Record(read: read, made: made)
    }
    if keeping { keptRecords = latestRecords }
  }

  /// Whether the slot's value of this run is kept from before.
  func isKept(_ slot: Int) -> Bool { values[slot]?.stamp == stamps[slot] }

  /// The slot's value of this run, if it is kept from before.
  func kept(_ slot: Int) -> Tensor? { isKept(slot) ? values[slot]?.tensor : nil }

  /// Keeps a value if it is a boundary and worth its bytes, letting go what is worth less.
  mutating func offer(_ slot: Int, _ tensor: Tensor, cost: Int, limit: Int) {
    let inherited =
      layout.reads[layout.producers[slot]].lazy
      .map { [isBoundary, effort] in $0 >= 0 && !isBoundary[$0] ? effort[$0] : 0 }.reduce(0, +)
    effort[slot] = cost + inherited
    guard isBoundary[slot] else { return }
    drop(slot)
    let new = Kept(stamp: stamps[slot], tensor: tensor, effort: effort[slot])
    guard new.bytes <= limit else { return }
    if bytes + new.bytes > limit {
      dropStale()
      while bytes + new.bytes > limit {
        guard let least = leastWorth(), let other = values[least],
          other.effort * new.bytes < new.effort * other.bytes
        else { return }
        drop(least)
      }
    }
    values[slot] = new
    bytes += new.bytes
  }

  mutating func forget() {
    for slot in values.indices { values[slot] = nil }
    bytes = 0
  }

  private mutating func drop(_ slot: Int) {
    bytes -= values[slot]?.bytes ?? 0
    values[slot] = nil
  }

  private mutating func dropStale() {
    for slot in values.indices {
      if let value = values[slot], value.stamp != stamps[slot] { drop(slot) }
    }
  }

  private func leastWorth() -> Int? {
    var result: Int?
    var worth = Double.infinity
    for slot in values.indices {
      guard let value = values[slot] else { continue }
      let density = Double(value.effort) / Double(max(value.bytes, 1))
      if density < worth { (result, worth) = (slot, density) }
    }
    return result
  }
}
