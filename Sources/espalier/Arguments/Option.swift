/// An option of a verb: `--name`, or `--name VALUE` where it has a value.
struct Option: Sendable {
  let name: String
  /// A second spelling, such as `-o`, dashes included.
  let short: String?
  /// How help names the value; nil for a switch.
  let value: String?
  /// Whether it may be given more than once.
  let repeats: Bool
  let help: String

  /// An option that is there or not.
  static func flag(_ name: String, short: String? = nil, _ help: String) -> Option {
    Option(name: name, short: short, value: nil, repeats: false, help: help)
  }

  /// An option with a value, as the next argument or behind `=`.
  static func value(
    _ name: String,
    short: String? = nil,
    _ value: String,
    repeats: Bool = false,
    _ help: String
  ) -> Option {
    Option(name: name, short: short, value: value, repeats: repeats, help: help)
  }

  /// The spelling in help: `-o, --output FILE`.
  var spelling: String {
    (short.map { "\($0), " } ?? "") + "--\(name)" + (value.map { " \($0)" } ?? "")
  }
}

extension Option {
  static let json = flag("json", "Print JSON in place of tables; errors too.")
  static let help = flag("help", short: "-h", "Print how the command is used.")
  static let inputSize = value(
    "input-size",
    "SIZES",
    "Sizes that the model leaves open: 416, 416x416, 3x416x416 or 1x3x416x416 (default 640)."
  )
  static let output = value("output", short: "-o", "FILE", "The ONNX file to write.")
  static let plugin = value(
    "plugin",
    "FILE",
    repeats: true,
    "A plugin's manifest to use beside the installed ones."
  )
  static let allowUnvalidated = flag(
    "allow-unvalidated",
    "Load plugins that no validation record speaks for."
  )
  static let device = value("device", "NAME", "auto, cpu, cuda or cuda:N (default auto).")
}

extension Option {
  static let isolate = flag(
    "isolate",
    "Run each plugin that is not built in in a process of its own."
  )
  static let allowUnpinned = flag(
    "allow-unpinned",
    "Load plugins whose manifest does not state the library's hash."
  )
  static let strict = flag(
    "strict",
    "Load libraries from sealed memory, which nothing can change any more; single-file plugins only."
  )
  static let safeMode = flag("safe-mode", "Use built-in plugins only.")
  static let allowQuarantined = flag(
    "allow-quarantined",
    "Load plugins that crashed, hung or ended the program before."
  )
  static let pluginDeadline = value(
    "plugin-deadline",
    "SECONDS",
    "How long one call of a plugin may take before it is ended (default 300; 0 for ever)."
  )

  /// What every command that loads plugins takes about them.
  static let plugins: [Option] = [
    .plugin, .allowUnvalidated, .allowUnpinned, .allowQuarantined, .pluginDeadline, .isolate,
    .safeMode,
    .strict,
  ]
}
