import Files
import Processes

/// What a process that checks tells whoever started it.
enum ValidationMessage: Sendable, Hashable {
  case begin(index: Int, check: String, strategy: String)
  case drawn(seed: UInt64)
  case end(verdict: ValidationVerdict, text: String, digest: UInt64?)
  case done

  var frame: Frame {
    let json: JSONValue =
      switch self {
      case .begin(let index, let check, let strategy):
        ["begin": .int(index), "check": .string(check), "strategy": .string(strategy)]
      case .drawn(let seed): ["seed": .string(String(seed))]
      case .end(let verdict, let text, let digest):
        [
          "verdict": .string(verdict.rawValue), "text": .string(text),
          "digest": JSONValue(digest.map { String($0) }),
        ]
      case .done: ["done": true]
      }
    return Frame(2, Array(json.line.utf8))
  }

  init?(_ frame: Frame) {
    guard frame.kind == 2, let json = try? JSONReader.read(frame.payload) else { return nil }
    if let index = json["begin"]?.whole, let check = json["check"]?.string,
      let strategy = json["strategy"]?.string
    {
      self = .begin(index: index, check: check, strategy: strategy)
    } else if let seed = json["seed"]?.string.flatMap({ UInt64($0) }) {
      self = .drawn(seed: seed)
    } else if let verdict = json["verdict"]?.string.flatMap(ValidationVerdict.init(rawValue:)) {
      self = .end(
        verdict: verdict,
        text: json["text"]?.string ?? "",
        digest: json["digest"]?.string.flatMap { UInt64($0) }
      )
    } else if json["done"] != nil {
      self = .done
    } else {
      return nil
    }
  }
}
