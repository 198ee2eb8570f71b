/// The groups of checks, each of which has a process of its own.
package enum CheckGroup: String, Sendable, Hashable, CaseIterable {
  case load, parameters, numerics, gradients, memory, threads, determinism, leaks, fuzz, cancel
  case function

  /// The checks of each strategy; those of `load` are of the plugin as a whole.
  var checks: [Check] {
    switch self {
    case .load: []
    case .parameters: Check.parameters
    case .numerics: Check.numerics
    case .gradients: Check.gradients
    case .memory: Check.memory
    case .threads: Check.threads
    case .determinism: Check.determinism
    case .leaks: Check.leaks
    case .fuzz: Check.fuzz
    case .cancel: Check.cancel
    case .function: Check.function
    }
  }

  /// What it looks at, for help.
  package var doc: String {
    switch self {
    case .load: "the file, the table, what the constructors do"
    case .parameters: "defaults, and both ends of every parameter"
    case .numerics: "drawn networks and maps: zeros, constants, denormal and huge numbers"
    case .gradients: "a loss's gradient beside central differences"
    case .memory: "buffers between pages that cannot be touched, and read after the call"
    case .threads: "eight threads at once, and calls from other threads"
    case .determinism: "the same seed twice, and in another process"
    case .leaks: "memory, files and threads that calls and instances leave behind"
    case .fuzz: "infinite and missing numbers"
    case .cancel: "how soon it ends when asked to"
    case .function: "a plain C function's signature"
    }
  }
}
