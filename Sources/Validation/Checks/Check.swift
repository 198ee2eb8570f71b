import PluginHost
import PluginKit

/// One thing that is demanded of a plugin, or of each of its strategies.
struct Check: Sendable {
  /// The group and the check, such as `memory.above`.
  let name: String
  /// The interfaces of the strategies that it is for; `nil` for all.
  var interfaces: Set<PluginInterface>? = nil
  /// How often it is made with other inputs.
  var cases: @Sendable (ValidationLevel) -> Int = { $0.cases }
  let run: @Sendable (inout Trial) throws -> Void

  var group: String { String(name.prefix { $0 != "." }) }
}

/// A check in progress: its strategy, its seed, and what it finds beside.
struct Trial {
  let subject: Subject
  let level: ValidationLevel
  let seed: UInt64
  let place: PluginPlace
  var draw: Draw
  /// What is worth a remark.
  var remarks: [String] = []
  /// What must be the same in another process; `nil` where nothing must.
  var digest: UInt64?

  init(_ subject: Subject, _ level: ValidationLevel, seed: UInt64, place: PluginPlace) {
    self.subject = subject
    self.level = level
    self.seed = seed
    self.place = place
    draw = Draw(seed)
  }

  /// Runs an instance on inputs that are the same every time.
  func answer(
    _ exercise: any Exercise,
    _ inputs: Inputs = Inputs()
  ) throws -> [UInt64] {
    var draw = Draw(seed)
    return try exercise.run(inputs, &draw)
  }

  /// Throws, or remarks, that two answers differ.
  mutating func demandEqual(_ a: [UInt64], _ b: [UInt64], _ what: String) throws {
    guard a != b else { return }
    let place = zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    let text =
      "\(what): \(place.map { "number \($0) of \(a.count)" } ?? "\(a.count) and \(b.count) numbers")"
    guard subject.description.isDeterministic else {
      remarks.append(text + "; it does not claim to be deterministic")
      return
    }
    throw Finding.fail(text)
  }
}

/// The process that a plugin is checked in.
struct PluginPlace: Sendable {
  /// Where the buffers lie that the plugin is lent.
  let memory: PluginMemory
  /// What the host and the plugin have said.
  let log: RemarkLog
}
