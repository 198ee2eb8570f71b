import Graphs
package import PluginKit

/// Curves in files: our JSON, or PaddleSlim's pickle.
package enum SensitivityFile {
  /// Reads either form, told apart by how it begins.
  ///
  /// - Throws: ``SensitivityError/unreadable(path:_:)``; `WholeFile.Failure`.
  package static func read(_ path: String) throws -> [LossCurve] {
    let bytes = try WholeFile.bytes(of: path).elements(as: UInt8.self)
    if isText(bytes) { return try SensitivityResult.read(path).curves }
    let value: Pickle.Value
    do { value = try Unpickler.read(bytes) } catch {
      throw SensitivityError.unreadable(path: path, "\(error)")
    }
    guard case .dictionary(let table) = value else {
      throw SensitivityError.unreadable(path: path, "the pickle holds no dictionary")
    }
    return try table.map { pair in
      guard let name = text(pair.key), case .dictionary(let points) = pair.value else {
        throw SensitivityError.unreadable(path: path, "wanted {name: {ratio: loss}}")
      }
      return LossCurve(
        group: name,
        points: try points.map { point in
          guard case .number(let ratio) = point.key, case .number(let loss) = point.value else {
            throw SensitivityError.unreadable(
              path: path,
              "'\(name)' has a ratio or loss that is no number"
            )
          }
          // numpy's arange writes 0.30000000000000004.
          return LossCurve.Point(ratio: (ratio * 1e9).rounded() / 1e9, loss: loss)
        }
      )
    }
  }

  /// Whether a file begins as JSON does, after blanks and byte order marks of any encoding; a pickle begins otherwise.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    let beginnings = Set(" \t\r\n".utf8).union([0, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF])
    return bytes.first { !beginnings.contains($0) } == UInt8(ascii: "{")
  }

  /// Writes PaddleSlim's pickle.
  package static func writePickle(_ curves: [LossCurve], to path: String, version: Int = 2) throws {
    let table = curves.map { curve in
      (name: curve.group, points: curve.points.map { (ratio: $0.ratio, loss: $0.loss) })
    }
    try WholeFile.write(Pickle.encode(table, version: version), to: path)
  }

  private static func text(_ value: Pickle.Value) -> String? {
    switch value {
    case .text(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    default: nil
    }
  }
}

extension PruneSettings {
  /// With the curves of a `sensitivities_file` in its place, which plugins do not read themselves.
  ///
  /// - Throws: what reading the file throws.
  package func readingSensitivities(from base: String) throws -> PruneSettings {
    guard let index = parameters.firstIndex(where: { $0.name == "sensitivities_file" }),
      case .string(let file) = parameters[index].value
    else { return self }
    let path = file.hasPrefix("/") ? file : "\(base)/\(file)"
    let texts = try SensitivityFile.read(path).map(CurveText.text)
    var settings = self
    settings.parameters[index] = StrategyParameter("curves", .strings(texts))
    return settings
  }
}
