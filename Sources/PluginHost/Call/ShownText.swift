import CEspalier
import PluginKit

extension String {
  /// Copies a text that people are to read: a terminal must not take any of it for a command.
  ///
  /// - Safety: `text.ptr` has `text.len` bytes.
  @unsafe
  init(shown text: esp_str) { self = unsafe String(crossing: text).shown }

  /// The text with its control characters written out, those of C0 and C1 as well as those that turn the direction of writing.
  var shown: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.isControl: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether a terminal acts on it instead of showing it.
  fileprivate var isControl: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      true
    default: false
    }
  }
}
