/// What a plugin did that is no answer: a stable code, with its cure.
///
/// It is the cause of the ``PluginError`` that the call ends with.
package struct PluginFault: Error, Sendable, Hashable {
  package let code: Code

  package init(_ code: Code) { self.code = code }
}

extension PluginFault {
  /// The codes of docs/plugins.md.
  ///
  /// A code never changes its meaning.
  package enum Code: String, Sendable, Hashable, CaseIterable {
    case left = "ESP-P801"
    case endedThread = "ESP-P802"
    case jumped = "ESP-P803"
    case crashed = "ESP-P804"
    case hung = "ESP-P805"
    case otherThread = "ESP-P806"
    case afterCall = "ESP-P807"
    case changedState = "ESP-P808"
    case notANumber = "ESP-P809"
  }
}

extension PluginFault.Code {
  /// Whether the plugin is in no known state behind it, and is called no more.
  var endsPlugin: Bool { self == .left || self == .endedThread || self == .jumped }

  /// What its author should do about it.
  package var cure: String {
    switch self {
    case .left: "return a status, with its text through host->fail"
    case .endedThread: "return from the call: its thread is the host's"
    case .jumped: "call setjmp and longjmp within one call"
    case .crashed: "run it under a debugger; what it holds is lost"
    case .hung: "ask should_stop in long loops, or raise the limit with --plugin-deadline"
    case .otherThread: "call it from the thread on which the host made the call"
    case .afterCall: "keep no call, context or view beyond the call that it came with"
    case .changedState: "put back what a call changes of the process"
    case .notANumber: "write every element, each a finite number"
    }
  }
}

extension PluginFault: CustomStringConvertible {
  package var description: String { "\(code.rawValue): \(code.cure)" }
}
