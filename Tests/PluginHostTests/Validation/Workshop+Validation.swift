import PluginHost
import Processes
import TestSupport
import Testing
import Validation

extension Workshop {
  /// What checks of the plugin in this workshop find.
  func validated(
    _ groups: [CheckGroup],
    file: String = "org.example.plugin.manifest.json",
    seconds: Int = 20,
    change: (inout Confinement, inout ValidationRequest) -> Void = { _, _ in }
  ) throws -> [ValidationResult] {
    try makeFolder("cache/staged")
    var request = ValidationRequest(manifest: plugins + "/" + file)
    request.stagingFolder = path + "/cache/staged"
    request.seconds = seconds
    var confinement = Confinement()
    change(&confinement, &request)
    return ValidationRun(
      program: BuiltProgram.path("espalier"),
      request,
      groups: groups,
      confinement: confinement
    ).run()
  }
}

extension [ValidationResult] {
  /// The verdict of a check, and what was found.
  func of(_ check: String) -> ValidationResult? { first { $0.check == check } }

  /// Those that keep a plugin from being used.
  var bad: [ValidationResult] { filter { !$0.verdict.isAcceptable } }
}
