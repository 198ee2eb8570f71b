extension PruneTarget.Amount {
  /// Reads what an option or a recipe says: a share such as `0.6x` or `60%`, or a number with the figure's unit.
  ///
  /// It is nil for anything else, among it shares of 1 and more, and numbers that are not above 0.
  ///
  /// - Parameters:
  ///   - text: such as `12ms`, `1.2G` or `3MB`.
  ///   - figure: what is limited.
  package init?(_ text: String, of figure: PruneTarget.Figure) {
    let digits = text.prefix { $0.isNumber || ".e+-".contains($0) }
    var unit = text.dropFirst(digits.count)
    while unit.first == " " { unit.removeFirst() }
    guard let number = Double(digits), number.isFinite, number > 0 else { return nil }
    if unit == "x" || unit == "%" {
      let share = unit == "x" ? number : number / 100
      guard share < 1 else { return nil }
      self = .share(share)
      return
    }
    guard let factor = Self.units(of: figure)[String(unit)] else { return nil }
    self = .number(number * factor)
  }

  /// What a text of the figure looks like.
  package static func wanted(_ figure: PruneTarget.Figure) -> String {
    let example =
      switch figure {
      case .latency: "milliseconds such as 12ms"
      case .macs: "multiply-adds such as 1.2G or 300M"
      case .size: "bytes such as 3MB or 800kB"
      }
    return "a share below 1 of the model before such as 0.6x, or \(example)"
  }

  private static func units(of figure: PruneTarget.Figure) -> [String: Double] {
    switch figure {
    case .latency: ["ms": 1, "us": 1e-3, "s": 1e3]
    case .macs: ["": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9]
    case .size:
      [
        "": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024,
        "MiB": 1024 * 1024, "GiB": 1024 * 1024 * 1024,
      ]
    }
  }
}
