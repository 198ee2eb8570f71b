import Files
import Graphs
import PluginHost
package import PluginKit

/// Curves in files: our JSON, or PaddleSlim's pickle.
package enum SensitivityFile {
  /// Reads either form, told apart by how it begins.
  ///
  /// - Throws: ``SensitivityError/unreadable(path:_:)``; `FileError`.
  package static func read(_ path: String) throws -> [LossCurve] {
    let bytes = try File.bytes(of: path)
    if isText(bytes) { return try SensitivityResult.read(path).curves }
    do { return try PaddleSlimPickle.decode(bytes, path: path) } catch {
      throw SensitivityError.unreadable(path: path, error.description)
    }
  }

  /// Whether a file begins as JSON does, after blanks and byte order marks of any encoding; a pickle begins otherwise.
  private static func isText(_ bytes: Bytes) -> Bool {
    let beginnings = Set(" \t\r\n".utf8).union([0, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF])
    return bytes.elements(as: UInt8.self).first { !beginnings.contains($0) } == UInt8(ascii: "{")
  }

  /// Writes PaddleSlim's pickle.
  package static func writePickle(_ curves: [LossCurve], to path: String, version: Int = 2) throws {
    let table = curves.map { curve in
      (name: curve.group, points: curve.points.map { (ratio: $0.ratio, loss: $0.loss) })
    }
    try File.write(PaddleSlimPickle.encode(table, version: version), to: path)
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
    let texts = try SensitivityFile.read(FilePath.path(file, from: base)).map(CurveText.text)
    var settings = self
    settings.parameters[index] = StrategyParameter("curves", .strings(texts))
    return settings
  }
}
