import Files
import PluginKit
import Quantization

/// What was done to a network beside rounding it: channels evened out, biases moved, roundings learned, layers left float.
struct TuningReport {
  let step: QuantizeStep

  init(_ step: QuantizeStep) { self.step = step }

  /// For people; empty where nothing was done.
  var text: String {
    var lines: [String] = []
    if step.plan.equalizes {
      lines.append(
        "\(Self.count(step.equalized.count, "pair")) of layers had the ranges of their channels evened out"
      )
    }
    if step.plan.learnsRounding {
      lines.append("rounding learned for \(Self.count(step.tuning.learned.count, "layer"))\(gain)")
    }
    if step.plan.correctsBiases {
      lines.append("biases moved in \(Self.count(step.tuning.corrected.count, "layer"))")
    }
    if let search = step.mixed {
      lines.append(search.text)
      if !search.layers.isEmpty {
        lines.append("left float for that: \(search.layers.joined(separator: ", "))")
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// How much less results lose, as the median over layers.
  private var gain: String {
    let shares = step.tuning.learned.compactMap { layer in
      layer.nearest > 0 ? layer.learned / layer.nearest : nil
    }.sorted()
    guard !shares.isEmpty else { return "" }
    let median = Figures.fixed(shares[shares.count / 2] * 100, 0)
    return "; half of them lose at most \(median) % of what rounding to nearest does"
  }

  var json: JSONValue {
    [
      "equalized": .array(
        step.equalized.map { ["first": .string($0.first.name), "second": .string($0.second.name)] }
      ),
      "learned": .array(
        step.tuning.learned.map {
          [
            "layer": .string($0.layer), "nearest": .double($0.nearest),
            "learned": .double($0.learned),
          ]
        }
      ),
      "corrected": JSONValue(step.tuning.corrected),
    ]
  }

  /// The way to a goal; null where there is none.
  var search: JSONValue {
    guard let search = step.mixed else { return .null }
    return [
      "reference": search.reference.map { .double($0) } ?? .null,
      "most": .int(search.most),
      "layers": JSONValue(search.layers),
      "trials": .array(
        search.trials.map {
          [
            "count": .int($0.count), "metric": $0.metric.map { .double($0) } ?? .null,
            "decibels": $0.decibels.isFinite ? .double($0.decibels) : .null,
            "isEnough": .bool($0.isEnough),
          ]
        }
      ),
    ]
  }
}
