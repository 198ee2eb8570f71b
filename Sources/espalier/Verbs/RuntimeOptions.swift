import Evaluation

/// Options of verbs that execute models in runtimes of others.
enum RuntimeOptions {
  static let threads = Option.value(
    "threads",
    "N",
    "Threads of every runtime (default: one a core)."
  )
  static let precision = Option.value(
    "precision",
    "NAME",
    "What OpenVINO computes float layers in: float32 (default), or own: its own choice."
  )
  static let libraries = InferenceKind.allCases.map {
    Option.value($0.rawValue, "FILE", "The library of \($0.title); \($0.variable) may name it too.")
  }

  /// The library of a runtime, as options, variables and the machine name it.
  static func library(
    _ kind: InferenceKind,
    _ invocation: Invocation
  ) throws(InferenceError) -> InferenceLibrary {
    try InferenceLibrary(kind, in: InferenceLocations(kind, named: file(of: kind, invocation)))
  }

  /// What measures latencies in a runtime, as options, variables and the machine name it.
  static func latency(
    on runtime: LatencyRuntime,
    _ invocation: Invocation
  ) throws -> MeasuredLatency {
    var named: String?
    if case .other(let kind) = runtime { named = file(of: kind, invocation) }
    return try MeasuredLatency(on: runtime, named: named, settings: settings(invocation))
  }

  private static func file(of kind: InferenceKind, _ invocation: Invocation) -> String? {
    libraries.first { $0.name == kind.rawValue }.flatMap { invocation.value($0) }
  }

  /// How runtimes execute.
  static func settings(_ invocation: Invocation) throws -> InferenceNetwork.Settings {
    var settings = InferenceNetwork.Settings()
    settings.threads = try invocation.int(threads, in: 1...1024) ?? Machine.cores
    switch invocation.value(precision) {
    case nil, "float32": settings.pinsFloat32 = true
    case "own": settings.pinsFloat32 = false
    case let text?: throw UsageError.badValue("precision", text, wanted: "float32 or own")
    }
    return settings
  }
}
