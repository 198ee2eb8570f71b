package import Files
import Graphs
package import Models
package import PluginKit

/// What an analysis found: for every group and ratio the metric and the loss, with the noise of a small image set.
package struct SensitivityResult: Sendable, Hashable {
  /// One cut.
  package struct Point: Sendable, Hashable {
    package var group: String
    package var ratio: Double
    /// Channels before and after.
    package var channels: Int
    package var kept: Int
    /// The SHA-256 of the channels that stay.
    package var cut: String
    /// Images that it was judged on: all, unless the cut was dropped early.
    package var images: Int
    package var metric: Double
    /// (baseline − metric) / baseline.
    package var loss: Double
    /// The bootstrap interval of the loss, where one was asked for.
    package var low: Double?
    package var high: Double?
  }

  /// The format's number.
  package var version = 1
  package var model: String
  /// SHA-256 of graph and weights.
  package var modelHash: String
  /// SHA-256 of images, truths, task and metric.
  package var imagesHash: String
  package var metric: String
  package var images: Int
  package var baseline: Double
  /// Draws, seed and confidence of the intervals.
  package var draws: Int
  package var seed: UInt64
  package var confidence: Double
  /// Whether points were dropped before all images were seen.
  package var isApproximate: Bool
  /// Outputs that the metric leaves out; nil in files of older versions.
  package var leftOut: [ComparedOutputs.LeftOut]?
  /// In the order of the graph, then by ratio.
  package var points: [Point]

  /// The losses by group.
  package var curves: [LossCurve] {
    var order: [String] = []
    var table: [String: [LossCurve.Point]] = [:]
    for point in points {
      if table[point.group] == nil { order.append(point.group) }
      table[point.group, default: []].append(.init(ratio: point.ratio, loss: point.loss))
    }
    return order.map { LossCurve(group: $0, points: table[$0] ?? []) }
  }

  /// Both results' points; those of both must agree.
  ///
  /// - Throws: ``SensitivityError`` where model, images or measurements differ.
  package func merged(with other: SensitivityResult, path: String) throws(SensitivityError) -> Self
  {
    for (what, mine, theirs) in [
      ("model", modelHash, other.modelHash), ("set of images", imagesHash, other.imagesHash),
    ] where mine != theirs {
      throw .otherContent(path: path, what: what, found: theirs, wanted: mine)
    }
    guard abs(baseline - other.baseline) <= 1e-6 * abs(baseline) else {
      throw .disagreement(
        "'\(path)' has the baseline \(other.baseline), not \(baseline), for the same model and images"
      )
    }
    var result = self
    var places: [String: Int] = [:]
    for (index, point) in points.enumerated() { places["\(point.group) \(point.ratio)"] = index }
    for point in other.points {
      guard let known = places["\(point.group) \(point.ratio)"] else {
        result.points.append(point)
        continue
      }
      guard points[known].cut == point.cut, abs(points[known].metric - point.metric) <= 1e-4 else {
        throw .disagreement(
          "'\(path)' has another figure for '\(point.group)' at \(point.ratio): "
            + "\(point.metric), not \(points[known].metric)"
        )
      }
    }
    result.isApproximate = isApproximate || other.isApproximate
    result.order()
    return result
  }

  /// Puts the points in the order of their groups' first appearance, then by ratio.
  private mutating func order() {
    var places: [String: Int] = [:]
    for point in points where places[point.group] == nil { places[point.group] = places.count }
    points.sort {
      (places[$0.group] ?? 0, $0.ratio) < (places[$1.group] ?? 0, $1.ratio)
    }
  }

  // MARK: Files

  /// The JSON form: the same bytes for the same result.
  package var json: JSONValue {
    [
      "version": .int(version), "model": .string(model), "modelHash": .string(modelHash),
      "imagesHash": .string(imagesHash), "metric": .string(metric), "images": .int(images),
      "baseline": .double(baseline), "draws": .int(draws), "seed": .int(Int(clamping: seed)),
      "confidence": .double(confidence), "isApproximate": .bool(isApproximate),
      "leftOut": .array((leftOut ?? []).map(\.json)), "points": .array(points.map(\.json)),
    ]
  }

  /// Reads the JSON form.
  ///
  /// - Throws: ``SensitivityError/unreadable(path:_:)``; `FileError`.
  package static func read(_ path: String) throws -> SensitivityResult {
    let text = try File.text(of: path)
    func fail(_ reason: String) -> SensitivityError {
      .unreadable(path: path, "no result of `espalier sensitivity`: \(reason)")
    }
    let json: JSONValue
    do { json = try JSONReader.read(Array(text.utf8)) } catch { throw fail("\(error)") }
    let result: SensitivityResult
    do { result = try SensitivityResult(json) } catch { throw fail(error.description) }
    guard result.version == 1 else {
      throw SensitivityError.unreadable(
        path: path,
        "it has version \(result.version), this program knows 1: take a newer one"
      )
    }
    return result
  }

  /// One line a point, for spreadsheets.
  package var csv: String {
    let head = "group,ratio,channels,kept,images,metric,loss,low,high\n"
    return points.reduce(into: head) { text, point in
      let name = "\"\(point.group.replacing("\"", with: "\"\""))\""
      text += "\(name),\(point.ratio),\(point.channels),\(point.kept),\(point.images),"
      text += "\(point.metric),\(point.loss),\(point.low.map { "\($0)" } ?? ""),"
      text += "\(point.high.map { "\($0)" } ?? "")\n"
    }
  }
}

extension SensitivityResult.Point {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("group", .string(group)), .init("ratio", .double(ratio)),
      .init("channels", .int(channels)), .init("kept", .int(kept)), .init("cut", .string(cut)),
      .init("images", .int(images)), .init("metric", .double(metric)),
      .init("loss", .double(loss)),
    ]
    if let low, let high {
      members += [.init("low", .double(low)), .init("high", .double(high))]
    }
    return .object(members)
  }
}
