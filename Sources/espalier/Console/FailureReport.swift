import Compression
import Reports

/// What a failure means to the shell and to a program that reads JSON.
enum FailureReport {
  /// The exit code of an error, by its kind.
  static func code(of error: any Error) -> ExitCode {
    switch error {
    case let failure as Failure: failure.code
    case is UsageError: .usage
    case is RecipeError: .badInput
    default: .badInput
    }
  }

  /// The error as an object on one schema with results: `{"schema": "espalier.error/1", …}`.
  static func json(_ error: any Error, code: ExitCode) -> JSONValue {
    [
      "schema": "espalier.error/1",
      "exitCode": .int(Int(code.rawValue)),
      "message": .string("\(error)"),
    ]
  }
}
