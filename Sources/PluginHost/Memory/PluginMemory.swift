import CWorker
import PluginKit
import Synchronization
import Tensors

/// Where the buffers lie that plugins are lent: in the heap, or between pages that cannot be touched.
///
/// The second is for validation: whoever reads or writes outside a buffer, writes what is only lent for reading, or comes
/// back to it after the call, is ended by a signal at that very place.
package final class PluginMemory: Sendable {
  /// Against which of the two pages a buffer lies.
  package enum Side: Int, Sendable, Hashable {
    case above = 1
    case below
  }

  private let state = Atomic(0)

  /// Memory in the heap, until ``side`` says otherwise.
  package init() {}

  /// Against which page buffers lie that are lent from now on; `nil` for the heap.
  package var side: Side? {
    get { Side(rawValue: state.load(ordering: .acquiring)) }
    set { state.store(newValue?.rawValue ?? 0, ordering: .releasing) }
  }

  /// An arena for one call.
  func arena() -> CArena { CArena(source: side.map { GuardedSource(side: $0) }) }

  /// The elements that a call left of those that it is given to fill.
  ///
  /// - Parameters:
  ///   - element: what each is before the call.
  ///   - count: how many there are.
  ///   - body: makes the call.
  /// - Returns: the elements after it.
  /// - Throws: what `body` throws.
  func filled<Element: BitwiseCopyable, Problem: Error>(
    _ element: Element,
    count: Int,
    _ body: (UnsafeMutablePointer<Element>) throws(Problem) -> Void
  ) throws(Problem) -> [Element] {
    guard side != nil else {
      var elements = [Element](repeating: element, count: max(1, count))
      unsafe try body(&elements)
      return count > 0 ? elements : []
    }
    let arena = arena()
    defer { extendLifetime(arena) }
    let room = unsafe arena.scratch(byteCount: count * MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: count)
    unsafe room.update(repeating: element, count: count)
    unsafe try body(room)
    return unsafe Array(UnsafeBufferPointer(start: room, count: count))
  }

  /// The tensor in memory of this kind: itself in the heap, else a copy.
  func placed(_ tensor: Tensor, readOnly: Bool) throws -> Tensor {
    guard let side, tensor.device == .cpu, tensor.dtype == .float32, tensor.count > 0 else {
      return tensor
    }
    let values = try tensor.floats()
    guard let block = GuardedBlock(byteCount: values.count * 4, side) else { return tensor }
    unsafe block.memory.assumingMemoryBound(to: Float.self)
      .initialize(from: values, count: values.count)
    if readOnly { block.seal() }
    return unsafe try Tensor(
      borrowing: UnsafeRawBufferPointer(start: block.memory, count: values.count * 4),
      shape: tensor.shape,
      dtype: .float32,
      owner: block
    )
  }
}

/// Lends blocks between guard pages.
struct GuardedSource: ArenaSource {
  let side: PluginMemory.Side

  @unsafe
  func make(byteCount: Int) -> UnsafeMutableRawPointer? {
    unsafe esp_guarded_make(UInt64(byteCount), side == .above ? 1 : 0, side.slack)
  }

  @unsafe
  func seal(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe esp_guarded_seal(memory, UInt64(byteCount))
  }

  @unsafe
  func free(_ memory: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe esp_guarded_free(memory, UInt64(byteCount))
  }
}

/// A block between guard pages that a tensor keeps.
///
/// `@unchecked`: an address that does not change.
@safe
final class GuardedBlock: @unchecked Sendable {
  let memory: UnsafeMutableRawPointer
  private let byteCount: Int

  init?(byteCount: Int, _ side: PluginMemory.Side) {
    guard let made = unsafe GuardedSource(side: side).make(byteCount: byteCount) else { return nil }
    unsafe memory = unsafe made
    self.byteCount = byteCount
  }

  func seal() { unsafe esp_guarded_seal(memory, UInt64(byteCount)) }

  deinit { unsafe esp_guarded_free(memory, UInt64(byteCount)) }
}

extension PluginMemory.Side {
  /// What lies beside a buffer in its page.
  fileprivate var slack: UInt8 { self == .above ? 0xA5 : 0x5A }
}
