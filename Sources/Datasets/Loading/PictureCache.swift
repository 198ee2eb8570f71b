internal import Synchronization

/// Pictures that were read before, up to a number of bytes; what came first stays.
///
/// Each epoch asks for every image once in a new order, so that throwing out the oldest would throw out what is needed next.
final class PictureCache: Sendable {
  private struct State {
    var pictures: [Int: Picture] = [:]
    var bytes = 0
  }
  private let state = Mutex(State())
  private let budget: Int

  /// A cache of at most this many bytes; 0 keeps nothing.
  init(budget: Int) { self.budget = budget }

  /// The picture of an index, made where it is not kept.
  func picture(
    _ index: Int,
    orMake make: () throws(PictureError) -> Picture
  ) throws(PictureError) -> Picture {
    if budget > 0, let kept = state.withLock({ $0.pictures[index] }) { return kept }
    let picture = try make()
    guard budget > 0 else { return picture }
    state.withLock { state in
      guard state.pictures[index] == nil, state.bytes + picture.bytes.count <= budget else {
        return
      }
      state.pictures[index] = picture
      state.bytes += picture.bytes.count
    }
    return picture
  }

  /// Bytes kept now.
  var byteCount: Int { state.withLock(\.bytes) }
}
