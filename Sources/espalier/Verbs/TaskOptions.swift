import Detection
import Evaluation
import Recipes

/// `--set NAME=VALUE` where it says options of a task, as a recipe's `task` does.
enum TaskOptions {
  static let set = Option.value(
    "set",
    "NAME=VALUE",
    repeats: true,
    "An option of the task, as recipes have it: head=yolov8, conf=0.25 (docs/tasks.md)."
  )

  /// Settings with the options that were given.
  ///
  /// - Throws: `RecipeError` for an option that the task does not have, or a value that does not fit.
  static func applied(
    _ invocation: Invocation,
    to settings: TaskSettings
  ) throws -> TaskSettings {
    guard invocation.verb.options.contains(where: { $0.name == set.name && $0.help == set.help })
    else { return settings }
    let pairs = try Assignments.pairs(invocation.values(set), wanted: "NAME=VALUE")
    return try settings.setting(pairs, by: "--set")
  }
}
