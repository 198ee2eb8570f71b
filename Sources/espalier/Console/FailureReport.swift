import Compression
import Datasets
import ModelFormats
import PluginHost
import Reports
import Tensors

/// What a failure means to the shell and to a program that reads JSON.
enum FailureReport {
  /// The exit code of an error, by its kind.
  static func code(of error: any Error) -> ExitCode {
    switch error {
    case let failure as Failure: failure.code
    case is UsageError: .usage
    case let recipe as RecipeError: code(of: recipe)
    case let step as StepFailure: code(of: step)
    case let run as RunFailure: code(of: run)
    case is DataError: .badInput
    case is PluginHostError: .plugin
    case is TensorError, is InferenceError: .runtime
    case let file as WholeFile.Failure: file.action == "write" ? .output : .badInput
    case let model as ModelFailure: code(of: model)
    case is DatabaseError: .output
    default: .badInput
    }
  }

  /// The error as an object: `{"schema": "espalier.error/1", …}`.
  static func json(_ error: any Error, code: ExitCode) -> JSONValue {
    [
      "schema": "espalier.error/1",
      "exitCode": .int(Int(code.rawValue)),
      "message": .string("\(error)"),
    ]
  }

  private static func code(of error: RecipeError) -> ExitCode {
    if case .strategy = error.problem { .plugin } else { .badInput }
  }

  private static func code(of error: StepFailure) -> ExitCode {
    if case .strategy = error { .plugin } else { .badInput }
  }

  private static func code(of error: RunFailure) -> ExitCode {
    if case .runtime = error { .runtime } else { .badInput }
  }

  private static func code(of error: ModelFailure) -> ExitCode {
    switch error {
    case .unwritable, .notAsMeant: .output
    case .unreadable, .invalid, .unanalysable, .unbuildable, .unexportable: .badInput
    }
  }
}
