package import PluginHost
package import PluginKit

/// What strategies say of themselves, as the tables of Markdown that stand in docs/: one an interface.
package struct StrategyTables {
  private let tables: [(interface: PluginInterface, strategies: [StrategyDescription])]

  /// The tables of strategies, in the order given; an interface without any has no table.
  package init(_ strategies: [(interface: PluginInterface, description: StrategyDescription)]) {
    tables = PluginInterface.allCases.compactMap { interface in
      let own = strategies.filter { $0.interface == interface }.map(\.description)
      return own.isEmpty ? nil : (interface, own)
    }
  }

  /// Every table between the two lines by which `scripts/strategy-tables.sh` finds its place in a page.
  package var markdown: String {
    tables.map { interface, strategies in
      let head = [
        "<!-- strategies: \(interface.rawValue) -->",
        "| strategy | parameter | default | range | what it is |",
        "|---|---|---|---|---|",
      ]
      let lines = head + strategies.flatMap(Self.rows) + ["<!-- end -->"]
      return lines.joined(separator: "\n") + "\n"
    }
    .joined(separator: "\n")
  }

  /// A row for the strategy, and one for each of its parameters.
  private static func rows(of strategy: StrategyDescription) -> [String] {
    [row([code(strategy.id), "", "", "", strategy.doc])]
      + strategy.parameters.map { spec in
        row(["", code(spec.name), spec.startingValue, spec.range, spec.doc])
      }
  }

  private static func row(_ cells: [String]) -> String {
    let escaped = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
    return "| " + escaped.joined(separator: " | ") + " |"
  }

  private static func code(_ text: String) -> String { "`\(text)`" }
}

extension ParameterSpec {
  /// How tables tell the value that holds where none is given.
  var startingValue: String {
    isRequired ? "required" : defaultValue.map { "\($0)" } ?? ""
  }

  /// How tables tell the values that are accepted; empty where any of the type is.
  var range: String {
    if !choices.isEmpty { return choices.joined(separator: ", ") }
    return switch (minimum, maximum) {
    case (let low?, let high?): "\(low) to \(high)"
    case (let low?, nil): "from \(low)"
    case (nil, let high?): "to \(high)"
    case (nil, nil): ""
    }
  }
}
