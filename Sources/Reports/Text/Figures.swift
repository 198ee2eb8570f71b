/// Numbers as people read them, the same on every machine.
package enum Figures {
  /// A whole number with spaces between thousands, such as `24 531 648`.
  package static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += " " }
      text.append(digit)
    }
    return text
  }

  /// A number with a fixed count of decimals, ties away from zero; `-` where it is not finite.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "-" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
    let units = UInt64(scaled)
    let sign = value < 0 && units > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(units)" }
    let whole = units / UInt64(scale)
    let fraction = String(units % UInt64(scale))
    return "\(sign)\(whole)."
      + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// Seconds, rounded up, as `1:02:03` or `2:03`.
  package static func time(_ seconds: Double) -> String {
    let all = Int(seconds.rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (all / 3600, all / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(all % 60))" : "\(minutes):\(two(all % 60))"
  }

  /// Bytes in the unit that fits, powers of 1024, such as `93.9 MiB`.
  package static func bytes(_ count: Int) -> String {
    scaled(count, base: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB"])
  }

  /// A count in the unit that fits, powers of 1000, such as `10.37 G`.
  package static func count(_ count: Int) -> String {
    scaled(count, base: 1000, units: ["", "K", "M", "G", "T", "P"])
  }

  /// How much smaller `after` is than `before`, in percent with a sign, such as `-69.4 %`; empty without a before.
  package static func change(from before: Int, to after: Int) -> String {
    guard before > 0 else { return "" }
    return "\(fixed(100 * (Double(after) / Double(before) - 1), 1)) %"
  }

  private static func scaled(_ count: Int, base: Double, units: [String]) -> String {
    var value = Double(count)
    var unit = 0
    while value.magnitude >= base, unit < units.count - 1 {
      value /= base
      unit += 1
    }
    let decimals = unit == 0 ? 0 : value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0
    let text = fixed(value, decimals)
    return units[unit].isEmpty ? text : "\(text) \(units[unit])"
  }
}
