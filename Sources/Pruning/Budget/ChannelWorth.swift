import Glibc
package import PluginKit

/// What widths of a group's segments are worth.
package enum ChannelWorth: Sendable {
  /// The sum of the scores of the channels that stay, where scores of different groups have one scale.
  case scores([Double])
  /// What stays of a segment's own scores, where those of different groups do not compare: with q the share that stays, −(−ln q)³.
  ///
  /// The third power makes a little from every layer cost less than much from one, as measured losses of detectors do.
  case shares([Double])
  /// What is not lost of a metric: the loss that was measured of the group, a segment's share of it by its channels.
  case losses(LossCurve)

  /// The worth of a segment's widths, which rises with them.
  ///
  /// - Parameters:
  ///   - segment: of a group.
  ///   - widths: as ``ChannelSegment/widths(block:least:)`` has them.
  ///   - channels: those of the group.
  /// - Returns: a number a width.
  func values(of segment: ChannelSegment, _ widths: [Int], channels: Int) -> [Double] {
    let all = segment.positions.count
    return widths.map { width in
      let gone = all - width
      switch self {
      case .scores(let scores):
        return -segment.removable.prefix(gone).reduce(0) { $0 + scores[$1] }
      case .shares(let scores):
        let lost = -log(Self.kept(of: scores, segment, gone))
        return -lost * lost * lost
      case .losses(let curve):
        return -curve.risingLoss(at: Double(gone) / Double(all)) * Double(all) / Double(channels)
      }
    }
  }
}

extension ChannelWorth {
  /// The share of a segment's scores that stays where the first that may go are gone.
  ///
  /// Where scores say nothing of what stays, each channel counts the same.
  private static func kept(
    of scores: [Double],
    _ segment: ChannelSegment,
    _ gone: Int
  ) -> Double {
    let lost = Set(segment.removable.prefix(gone))
    let finite = segment.positions.filter { scores[$0].isFinite }
    let whole = finite.reduce(0) { $0 + max(scores[$1], 0) }
    let kept = finite.reduce(0) { lost.contains($1) ? $0 : $0 + max(scores[$1], 0) }
    let count = Double(segment.positions.count)
    return kept > 0 ? kept / whole : (count - Double(gone)) / count
  }
}

extension LossCurve {
  /// The loss at a ratio: on the lines between measurements, of which none costs less than one of fewer channels.
  ///
  /// Beyond the last measurement the last line goes on.
  func risingLoss(at ratio: Double) -> Double {
    var (low, before) = (Point(ratio: 0, loss: 0), Point(ratio: 0, loss: 0))
    for point in points where point.ratio > low.ratio {
      let next = Point(ratio: point.ratio, loss: max(point.loss, low.loss))
      if ratio <= next.ratio {
        let way = (ratio - low.ratio) / (next.ratio - low.ratio)
        return low.loss + way * (next.loss - low.loss)
      }
      (before, low) = (low, next)
    }
    guard low.ratio > before.ratio else { return 0 }
    return low.loss + (ratio - low.ratio) / (low.ratio - before.ratio) * (low.loss - before.loss)
  }
}
