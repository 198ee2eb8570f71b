import CEspalier
import FoundationEssentials
import Testing

/// The headers as a later minor may have them: 1.9, with a field appended to every struct that may grow.
enum FutureHeaders {
  private static let growing = [
    "espalier_plugin.h": [
      "esp_host", "esp_group", "esp_member", "esp_pruning_host", "esp_pruner_v1", "esp_strategy",
      "esp_plugin", "esp_param_spec",
    ],
    "espalier_distill.h": ["esp_exec", "esp_pair", "esp_distill_host", "esp_distill_v1"],
    "espalier_quantizer.h": [
      "esp_quantized", "esp_seen", "esp_quantizing_host", "esp_quantizer_v1",
    ],
    "espalier_space.h": ["esp_dimension", "esp_space_host", "esp_space_v1"],
  ]

  /// Writes them into a folder of the workshop.
  ///
  /// - Returns: The folder.
  static func write(into workshop: Workshop) throws -> String {
    try workshop.makeFolder("future")
    let folder = workshop.path + "/future"
    try FileManager.default.copyItem(
      atPath: Workshop.headers + "/espalier_types.h",
      toPath: folder + "/espalier_types.h"
    )
    for (header, structs) in growing {
      var text = try String(contentsOfFile: Workshop.headers + "/" + header, encoding: .utf8)
      for name in structs {
        text = try replacing("\n} \(name);", with: "\n  uint64_t later[2];\n} \(name);", in: text)
      }
      if header == "espalier_plugin.h" {
        text = try replacing(
          "#define ESP_ABI_MINOR \(ESP_ABI_MINOR)u",
          with: "#define ESP_ABI_MINOR 9u",
          in: text
        )
      }
      try Data(text.utf8).write(to: URL(filePath: folder + "/" + header))
    }
    return folder
  }

  private static func replacing(_ old: String, with new: String, in text: String) throws -> String {
    let parts = text.split(separator: old, omittingEmptySubsequences: false)
    try #require(parts.count == 2, "\"\(old)\" stands \(parts.count - 1) times")
    return parts.joined(separator: new)
  }
}
