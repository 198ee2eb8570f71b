import Glibc

/// The message that is being read from a channel.
struct Inbox {
  enum Result {
    case frame(Frame)
    /// The channel has no more for now.
    case nothing
    case closed
    case broken
  }

  private var header: [UInt8] = []
  private var expected: (kind: UInt8, count: Int)?
  private var payload: [UInt8] = []
  private var filled = 0

  /// Reads on; a channel that blocks is waited for.
  mutating func read(_ channel: Int32) -> Result {
    while true {
      if let expected, filled == expected.count {
        let frame = Frame(expected.kind, payload)
        self = Inbox()
        return .frame(frame)
      }
      let count: Int
      if expected == nil {
        var part = [UInt8](repeating: 0, count: Frame.headerSize - header.count)
        count = unsafe Glibc.read(channel, &part, part.count)
        if count > 0 { header += part.prefix(count) }
        if header.count == Frame.headerSize {
          guard let found = Frame.read(header: header) else { return .broken }
          expected = found
          payload = [UInt8](repeating: 0, count: found.count)
        }
      } else {
        count = unsafe payload.withUnsafeMutableBytes { bytes in
          unsafe Glibc.read(
            channel,
            bytes.baseAddress.map { unsafe $0 + filled },
            bytes.count - filled
          )
        }
        if count > 0 { filled += count }
      }
      if count == 0 { return .closed }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN ? .nothing : .closed }
    }
  }
}
