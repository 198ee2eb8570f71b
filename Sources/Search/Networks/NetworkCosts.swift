import Evaluation
import Files
import Graphs
import ModelFormats
import Models
import Operators

/// Counts and measures what constraints ask of networks.
struct NetworkCosts {
  /// Where latencies come from.
  private enum Source {
    case table(LatencyTable)
    case measured(MeasuredLatency)
  }

  private let constraints: [SearchConstraint]
  private let source: Source?
  private let base: NetworkFigures

  /// Opens the table or the runtime that constraints name.
  ///
  /// - Parameters:
  ///   - constraints: what networks may cost.
  ///   - base: what the network before the search costs.
  ///   - folder: where relative paths start.
  /// - Throws: what a table or a runtime refuses.
  init(_ constraints: [SearchConstraint], base: NetworkFigures, folder: String) throws {
    self.constraints = constraints
    self.base = base
    source = try Self.source(of: constraints, folder: folder)
  }

  /// What the network before the search costs, as far as limits are a share of it.
  ///
  /// - Throws: ``SearchError/unusable(_:)`` where a limit is a share of a latency that is not known; what a table or a runtime
  ///   refuses.
  static func base(
    _ constraints: [SearchConstraint],
    of model: Model,
    folder: String
  ) throws -> NetworkFigures {
    let shares = constraints.filter(\.hasShare).map(\.figure)
    var figures = counted(model)
    if shares.contains(.bytes) { figures.bytes = try bytes(of: model) }
    if shares.contains(.latency) {
      let (latency, reason) = try latency(of: model, by: source(of: constraints, folder: folder))
      if let reason {
        throw SearchError.unusable(
          "the limit of latency is a share of the network's own, but \(reason)"
        )
      }
      figures.latency = latency
    }
    return figures
  }

  private static func source(
    of constraints: [SearchConstraint],
    folder: String
  ) throws -> Source? {
    switch constraints.first(where: { $0.figure == .latency })?.source {
    case .table(let path)?:
      return .table(try LatencyTable(reading: FilePath.path(path, from: folder)))
    case .runtime(let name)?:
      guard let runtime = LatencyRuntime(name) else {
        throw SearchError.unusable("latency cannot be measured on '\(name)'")
      }
      return .measured(try MeasuredLatency(on: runtime))
    case nil: return nil
    }
  }

  /// What a network costs, and why a constraint rules it out; nil where none does.
  ///
  /// What is cheap to know is asked first, and what is behind the first violation is not.
  func figures(of model: Model) throws -> (NetworkFigures, String?) {
    var figures = Self.counted(model)
    let order = SearchConstraint.Figure.allCases
    let sorted = constraints.sorted {
      (order.firstIndex(of: $0.figure) ?? 0) < (order.firstIndex(of: $1.figure) ?? 0)
    }
    for constraint in sorted {
      switch constraint.figure {
      case .macs, .parameters: break
      case .bytes: figures.bytes = try Self.bytes(of: model)
      case .latency:
        let (latency, reason) = try Self.latency(of: model, by: source)
        figures.latency = latency
        if let reason { return (figures, reason) }
      }
      guard let value = figures.value(of: constraint.figure) else { continue }
      let own = base.value(of: constraint.figure) ?? value
      if let violation = constraint.violation(value, base: own) { return (figures, violation) }
    }
    return (figures, nil)
  }

  private static func counted(_ model: Model) -> NetworkFigures {
    NetworkFigures(macs: model.cost.multiplyAdds, parameters: model.cost.parameters)
  }

  private static func bytes(of model: Model) throws -> Int {
    try ONNX.encode(model.operators.exported(model.graph)).count
  }

  /// Milliseconds, or the layers that a table lacks.
  private static func latency(
    of model: Model,
    by source: Source?
  ) throws -> (Double?, missing: String?) {
    switch source {
    case .table(let table):
      switch table.latency(of: model) {
      case .success(let microseconds): (microseconds / 1000, nil)
      case .failure(let missing): (nil, "\(missing)")
      }
    case .measured(let runtime): (try runtime.milliseconds(of: model), nil)
    case nil: (nil, nil)
    }
  }
}

extension SearchConstraint {
  /// Whether a limit is a share of what the network before the search costs.
  fileprivate var hasShare: Bool {
    [atMost, atLeast].contains { if case .share? = $0 { true } else { false } }
  }
}
