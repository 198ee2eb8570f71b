package import Evaluation
import PluginKit

/// What a model may cost after pruning, which is cut so that as much as possible of its channels' worth is kept.
package struct PruneTarget: Sendable, Hashable {
  /// What is limited.
  package enum Figure: String, Sendable, Hashable, CaseIterable {
    /// Milliseconds of a call, measured in ``PruneTarget/runtime``.
    case latency
    /// Multiply-adds at the model's input size.
    case macs
    /// Bytes of the ONNX file.
    case size
  }

  /// How much.
  package enum Amount: Sendable, Hashable {
    /// A share of what the model costs before.
    case share(Double)
    /// Milliseconds, multiply-adds or bytes.
    case number(Double)
  }

  /// Where layers and networks are timed.
  package struct Place: Sendable, Hashable {
    /// What executes.
    package var runtime: LatencyRuntime
    /// Threads of the runtime; nil for one a core.
    package var threads: Int?
    /// The file that keeps the times of layers; nil for one in the cache folder.
    package var times: String?

    package init(runtime: LatencyRuntime, threads: Int? = nil, times: String? = nil) {
      self.runtime = runtime
      self.threads = threads
      self.times = times
    }
  }

  package let figure: Figure
  package let amount: Amount
  /// Of a latency.
  package var place: Place?
  /// The groups to choose from: whole names, in which * stands for any characters; none takes all.
  package var include: [String] = []
  /// Groups that stay whole.
  package var exclude: [String] = []
  /// The share of its channels that every group keeps.
  package var keepAtLeast = 0.0
  /// A file of measured sensitivities, whose losses are what widths are worth; nil for sums of scores.
  package var sensitivities: String?
  /// How far the result may be off, as a share of what was asked for, before it is corrected.
  package var tolerance = 0.02
  /// How often it is corrected, at most.
  package var corrections = 8

  /// Channels that are cut together where `align` says nothing.
  package static let standardBlock = 8

  package init(_ figure: Figure, _ amount: Amount, place: Place? = nil) {
    self.figure = figure
    self.amount = amount
    self.place = place
  }
}

extension PruneTarget.Figure {
  /// A number of the figure in words, such as `12.3 ms`.
  package func text(_ value: Double) -> String {
    switch self {
    case .latency: Self.rounded(value) + " ms"
    case .macs: Self.scaled(value, ["", " k", " M", " G", " T"]) + " multiply-adds"
    case .size: Self.scaled(value, [" bytes", " kB", " MB", " GB", " TB"])
    }
  }

  private static func scaled(_ value: Double, _ units: [String]) -> String {
    var (value, place) = (value, 0)
    while value >= 1000, place + 1 < units.count { (value, place) = (value / 1000, place + 1) }
    return rounded(value) + units[place]
  }

  private static func rounded(_ value: Double) -> String {
    let factor = value < 10 ? 1000.0 : value < 100 ? 100 : 10
    let number = (value * factor).rounded() / factor
    return number == number.rounded() && number < 1e15 ? "\(Int(number))" : "\(number)"
  }
}

extension PruneTarget {
  /// What was asked for, in words.
  package var text: String {
    switch amount {
    case .share(let share): "\(share)x"
    case .number(let number): figure.text(number)
    }
  }
}
