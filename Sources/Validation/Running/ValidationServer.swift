import Files
package import Processes

/// The side of a validation that runs the plugin.
package enum ValidationServer {
  /// The kind of the message that asks for a group's checks.
  package static let requestKind: UInt8 = 1

  /// Makes the checks that a message asks for.
  ///
  /// - Returns: Whether it was such a message.
  package static func serve(_ frame: Frame, at place: Workplace) -> Bool {
    guard frame.kind == requestKind, let json = try? JSONReader.read(frame.payload),
      let request = ValidationRequest(json)
    else { return false }
    CheckedGroup(request) { message in place.send(message.frame) }.run()
    return true
  }
}

extension ValidationServer {
  /// Makes a group's checks in this process.
  package static func results(
    of request: ValidationRequest,
    group: CheckGroup
  ) -> [ValidationResult] {
    var request = request
    request.group = group
    var results: [ValidationResult] = []
    var (check, strategy, seed) = ("", "", UInt64?.none)
    CheckedGroup(request) { message in
      switch message {
      case .begin(_, let name, let id): (check, strategy, seed) = (name, id, nil)
      case .drawn(let drawn): seed = drawn
      case .end(let verdict, let text, _):
        results.append(
          ValidationResult(
            check: check,
            strategy: strategy,
            verdict: verdict,
            text: text,
            seed: verdict.isAcceptable ? nil : seed,
            seconds: 0
          )
        )
      case .done: break
      }
    }.run()
    return results
  }
}
