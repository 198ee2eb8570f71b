import Foundation
import TestSupport
import Testing

/// Cases that a Python script of this folder draws, with what its reference says of them.
enum Reference {
  /// Runs a script and reads its JSON.
  static func cases<Case: Decodable>(_ script: String, _ count: Int, as: Case.Type) throws -> [Case]
  {
    let path = TestData.packageRoot.appendingPathComponent("Tests/MetricsTests/\(script)")
    let text = try Python.run(String(contentsOf: path, encoding: .utf8), ["\(count)"])
    return try JSONDecoder().decode([Case].self, from: Data(text.utf8))
  }

  /// Whether two lists agree to 1e-9.
  static func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { ($0 - $1).magnitude <= 1e-9 }
  }
}

extension Trait where Self == ConditionTrait {
  static var requiresPython: Self {
    .enabled(Comment(rawValue: Python.reason)) { Python.isPresent }
  }
}
