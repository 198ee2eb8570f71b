/// A loss curve as one text, so that curves fit into a parameter: `name=0.1:0.02 0.2:0.05`.
public enum CurveText: Sendable {
  /// The text of a curve.
  public static func text(_ curve: LossCurve) -> String {
    "\(curve.group)=\(curve.points.map { "\($0.ratio):\($0.loss)" }.joined(separator: " "))"
  }

  /// The curve of a text.
  ///
  /// - Throws: ``PluginError`` for a text in another form.
  public static func curve(_ text: String) throws(PluginError) -> LossCurve {
    guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
      throw PluginError(.invalidArgument, "\"\(text)\" is no curve: name=ratio:loss ratio:loss …")
    }
    var points: [LossCurve.Point] = []
    for part in text[text.index(after: sign)...].split(separator: " ") {
      let numbers = part.split(separator: ":").map { Double($0) }
      guard numbers.count == 2, let ratio = numbers[0], let loss = numbers[1] else {
        throw PluginError(
          .invalidArgument,
          "\"\(part)\" of curve \"\(text[..<sign])\" is no ratio:loss"
        )
      }
      points.append(LossCurve.Point(ratio: ratio, loss: loss))
    }
    return LossCurve(group: String(text[..<sign]), points: points)
  }
}
