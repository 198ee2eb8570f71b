import Glibc
import Models
import PluginHost
import PluginKit
import Recipes

extension Invocation {
  /// The sizes of `--input-size`.
  func inputSize() throws(UsageError) -> [Int]? {
    guard let text = value(.inputSize) else { return nil }
    guard let sizes = InputSizeText.parse(text) else {
      throw .badValue("input-size", text, wanted: "sizes such as 416, 416x416 or 3x416x416")
    }
    return sizes
  }

  /// The model of the first operand, at the sizes of `--input-size`; a remark where those cannot apply.
  func model(_ console: Console) throws -> Model { try model(at: operands[0], console) }

  /// The models of all operands, as ``model(_:)`` reads the first.
  func models(_ console: Console) throws -> [Model] {
    try operands.map { try model(at: $0, console) }
  }

  private func model(at path: String, _ console: Console) throws -> Model {
    let sizes = try inputSize()
    let model = try Model.read(path, inputSize: sizes)
    if let sizes, let first = model.inputSizes.first, let fixed = first.sizes,
      fixed.compactMap(\.self) != sizes
    {
      let stated = fixed.map { $0.map(String.init) ?? "?" }.joined(separator: "x")
      console.note(
        "--input-size does not apply where the file fixes sizes: '\(first.name)' is \(stated)"
      )
    }
    return model
  }

  /// The file that `-o` names, which is to be none of those read; nil where none is named.
  func output(besides inputs: String?...) throws(UsageError) -> String? {
    guard let output = value(.output) else { return nil }
    guard !inputs.contains(where: { $0.map { FileFacts.areSame(output, $0) } == true }) else {
      throw .badValue("output", output, wanted: "another file than is read")
    }
    return output
  }

  /// The file that `-o` must name, for what is made of the first operand; nil where `dryRun` is given.
  func output(unless dryRun: Option) throws(UsageError) -> String? {
    if has(dryRun) { return nil }
    guard let output = try output(besides: operands.first) else {
      throw .needs("-o", because: "it names the file to write; --dry-run writes none")
    }
    return output
  }

  /// The plugins that this run works with; one that was named and is refused ends it.
  ///
  /// - Parameters:
  ///   - console: told what plugins say.
  ///   - manifests: plugins that a recipe names, beside those of `--plugin`.
  /// - Returns: the plugins.
  /// - Throws: `PluginHostError` with the refusal.
  func usableRegistry(
    _ console: Console,
    with manifests: [String] = []
  ) throws(PluginHostError) -> PluginRegistry {
    let registry = registry(console, with: manifests)
    try registry.requireNamed()
    return registry
  }

  /// The plugins that this run may use.
  func registry(_ console: Console, with manifests: [String] = []) -> PluginRegistry {
    var policy = PluginPolicy.standard(manifests: values(.plugin) + manifests)
    policy.allowsUnvalidated = has(.allowUnvalidated)
    policy.allowsUnpinned = has(.allowUnpinned)
    policy.isSafeMode = has(.safeMode)
    policy.isStrict = has(.strict)
    if has(.isolate) { policy.isolation = .always }
    return PluginRegistry(policy: policy) { level, plugin, message in
      if level >= .warning { console.note("\(plugin): \(message)") }
    }
  }
}

/// Questions about files that the verbs ask.
enum FileFacts {
  /// The size of a file in bytes.
  static func size(of path: String) -> Int? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Whether two paths lead to one file, by links or otherwise.
  static func areSame(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard unsafe stat(a, &first) == 0, unsafe stat(b, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
