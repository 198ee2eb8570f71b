import Datasets
import Evaluation
import Files
import ModelFormats
import Models
import Packaging
import PluginHost
import PluginKit
import Pruning
import Recipes
import Reports
import Search
import Tensors
import Training

/// What a failure means to the shell and to a program that reads JSON.
enum FailureReport {
  /// The exit code of an error, by its kind.
  static func code(of error: any Error) -> ExitCode {
    switch error {
    case let failure as Failure: failure.code
    case is UsageError: .usage
    case let recipe as RecipeError: code(of: recipe)
    case let failure as StrategyFailure: code(of: failure.error)
    case let fault as PluginError: code(of: .plugin(fault))
    case TrainingError.stopped, TargetError.stopped: .interrupted
    case let run as RunFailure: code(of: run)
    case SearchError.worker(_, exitCode: ExitCode.plugin.rawValue): .plugin
    case SearchError.worker: .runtime
    case is DataError: .badInput
    case is Refusal: .plugin
    case is PluginProject.Fault: .usage
    case is ManifestDraft.Fault: .badInput
    case let host as PluginHostError: code(of: host)
    case is TensorError, is InferenceError: .runtime
    case let file as FileError: file.isWriting ? .output : .badInput
    case let model as ModelFailure: code(of: model)
    case is DatabaseError: .output
    default: .badInput
    }
  }

  /// The error as an object: `{"schema": "espalier.error/1", …}`.
  ///
  /// A refused plugin adds the refusal's code, the file, and the cure.
  static func json(_ error: any Error, code: ExitCode) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("schema", "espalier.error/1"), .init("exitCode", .int(Int(code.rawValue))),
      .init("message", .string("\(error)")),
    ]
    if let refusal = refusal(behind: error) {
      members += [
        .init("code", .string(refusal.code.rawValue)), .init("path", .string(refusal.path)),
        .init("cure", .string(refusal.code.cure)),
      ]
    } else if let fault = fault(behind: error) {
      members += [
        .init("code", .string(fault.code.rawValue)), .init("cure", .string(fault.code.cure)),
      ]
    }
    return .object(members)
  }

  /// What a plugin did that is no answer.
  private static func fault(behind error: any Error) -> PluginFault? {
    let found: PluginError? =
      switch error {
      case let fault as PluginError: fault
      case let failure as StrategyFailure: failure.error.fault
      case let host as PluginHostError: host.fault
      default: nil
      }
    return found?.cause as? PluginFault
  }

  private static func code(of error: PluginHostError) -> ExitCode {
    error.fault?.code == .cancelled && PluginGuard.isInterrupted ? .interrupted : .plugin
  }

  private static func refusal(behind error: any Error) -> Refusal? {
    switch error {
    case let refusal as Refusal: return refusal
    case let host as PluginHostError: return host.refusal
    case let failure as StrategyFailure: return failure.error.refusal
    case let recipe as RecipeError:
      guard case .strategy(_, let refusal) = recipe.problem else { return nil }
      return refusal
    default: return nil
    }
  }

  private static func code(of error: RecipeError) -> ExitCode {
    if case .strategy = error.problem { .plugin } else { .badInput }
  }

  private static func code(of error: RunFailure) -> ExitCode {
    if case .runtime = error { .runtime } else { .badInput }
  }

  private static func code(of error: ModelFailure) -> ExitCode {
    switch error {
    case .unwritable, .notAsMeant: .output
    case .unreadable, .foreign, .invalid, .unanalysable, .unbuildable, .unexportable: .badInput
    }
  }
}
