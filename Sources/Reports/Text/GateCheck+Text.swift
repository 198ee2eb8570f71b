package import Evaluation
package import Files

extension GateCheck {
  /// Such as `max_drop 0.0213 (limit 0.0200, 95 % interval 0.0101 to 0.0330; mAP@0.5 (11point)): missed`.
  package var text: String {
    let digits = kind == .drop || kind == .metric ? 4 : 2
    var remarks = ["limit \(Figures.fixed(limit, digits))\(unit)"]
    if let interval {
      let ends = [interval.lowerBound, interval.upperBound].map { Figures.fixed($0, digits) }
      remarks.append("95 % interval \(ends[0]) to \(ends[1])")
    }
    if !means.isEmpty { remarks.append(means) }
    let value = Figures.fixed(value, digits)
    return
      "\(kind.rawValue) \(value)\(unit) (\(remarks.joined(separator: ", "))): \(holds ? "kept" : "missed")"
  }

  private var unit: String {
    switch kind {
    case .drop, .metric: ""
    case .speedup: "x"
    case .latency: " ms"
    case .megabytes: " MB"
    }
  }

  /// The check as an object of `espalier.compress/1`.
  package var json: JSONValue {
    [
      "name": .string(kind.rawValue), "limit": .double(limit), "value": .double(value),
      "interval": interval.map { [.double($0.lowerBound), .double($0.upperBound)] } ?? .null,
      "means": .string(means), "holds": .bool(holds),
    ]
  }
}
