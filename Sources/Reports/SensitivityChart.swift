import PluginKit
package import Pruning

/// Curves of loss over ratio, one a group, as a picture that any browser shows.
package enum SensitivityChart {
  private static let colors = [
    "#1b6ca8", "#d1495b", "#3c8d40", "#8a5cb8", "#e08e0b", "#159a9c", "#7a4b2a", "#c2478f",
    "#5c6b73", "#a3a518",
  ]
  private static let (left, top, width, height) = (64.0, 24.0, 520.0, 360.0)

  /// The picture as SVG, with intervals as thin bars where there are some.
  package static func svg(_ result: SensitivityResult) -> String {
    let losses = result.points.flatMap { [$0.loss, $0.low ?? $0.loss, $0.high ?? $0.loss] }
    let low = min(0, losses.min() ?? 0)
    let high = max(low + 1e-6, losses.max() ?? 1)
    func x(_ ratio: Double) -> String { Figures.fixed(left + ratio * width, 1) }
    func y(_ loss: Double) -> String {
      Figures.fixed(top + (high - loss) / (high - low) * height, 1)
    }
    let rows = Double(result.curves.count)
    let total = max(top + height + 48, top + 14 * rows + 20)
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" width="960" height="\(Int(total))" font-family="sans-serif" \
      font-size="11">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(Int(left))" y="14">Loss of \(escaped(result.metric)) on \(result.images) images, baseline \
      \(Figures.fixed(result.baseline, 4))\(result.isApproximate ? " (approximate)" : "")</text>

      """
    for step in 0...5 {
      let loss = low + (high - low) * Double(step) / 5
      text += "<path d=\"M\(x(0)) \(y(loss))H\(x(1))\" stroke=\"#ddd\"/>"
      text += "<text x=\"\(Int(left) - 6)\" y=\"\(y(loss))\" text-anchor=\"end\">"
      text += "\(Figures.fixed(100 * loss, 1)) %</text>\n"
    }
    for step in 0...5 {
      let ratio = Double(step) / 5
      text += "<text x=\"\(x(ratio))\" y=\"\(Int(top + height + 16))\" text-anchor=\"middle\">"
      text += "\(Figures.fixed(ratio, 1))</text>\n"
    }
    for (index, curve) in result.curves.enumerated() {
      let color = colors[index % colors.count]
      let dash =
        index >= colors.count ? " stroke-dasharray=\"\(2 + 3 * (index / colors.count))\"" : ""
      let path = curve.points.map { "\(x($0.ratio)) \(y($0.loss))" }.joined(separator: "L")
      text += "<path d=\"M\(x(0)) \(y(0))L\(path)\" fill=\"none\" stroke=\"\(color)\"\(dash)/>\n"
      let legend = Int(top) + 14 * index + 8
      text += "<path d=\"M604 \(legend - 4)h24\" stroke=\"\(color)\"\(dash)/>"
      text += "<text x=\"634\" y=\"\(legend)\">\(escaped(curve.group))</text>\n"
      for point in result.points where point.group == curve.group {
        guard let low = point.low, let high = point.high else { continue }
        text +=
          "<path d=\"M\(x(point.ratio)) \(y(low))V\(y(high))\" stroke=\"\(color)\" opacity=\"0.4\"/>\n"
      }
    }
    return text + "</svg>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
