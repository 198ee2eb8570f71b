public import Foundation

/// Real models and images that tests use where they are present; the project commits none of them.
public enum TestData: Sendable {
  /// `$ESPALIER_TEST_DATA`, else `../shared/data` beside the package; nil where neither is a folder.
  public static let folder: URL? = {
    let beside = packageRoot.deletingLastPathComponent()
    let candidates = [
      ProcessInfo.processInfo.environment["ESPALIER_TEST_DATA"].map { URL(fileURLWithPath: $0) },
      beside.appendingPathComponent("shared/data"),
      beside.deletingLastPathComponent().appendingPathComponent("shared/data"),
    ]
    return candidates.compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("models").path)
    }
  }()

  /// Why a test that needs the data does not run.
  public static let reason = "no test data: set ESPALIER_TEST_DATA to its folder"

  /// Whether the data is there.
  public static var isPresent: Bool { folder != nil }

  /// The path of a file of the data, such as `models/yunet/yunet.onnx`.
  public static func path(_ relative: String) -> String? {
    folder?.appendingPathComponent(relative).path
  }

  /// The package's own root folder.
  public static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
