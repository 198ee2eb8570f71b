import Glibc
import PluginHost
import Processes
import Validation

/// `espalier plugin worker`: the process that runs a plugin for another of this program.
enum PluginWorker {
  static let verb = Verb(
    name: "plugin worker",
    summary: "Run a plugin for another process of this program.",
    operands: [
      .init(name: "CHANNEL", repeats: true, help: "What the process that starts it writes.")
    ],
    notes:
      "It is started by `espalier plugin validate` and for plugins that are isolated, and of no use by itself.",
    isHidden: true
  ) { invocation, console in
    guard let place = Workplace(arguments: invocation.operands) else {
      throw Failure(.usage, "'plugin worker' is started by this program only")
    }
    // Only the connection and the standard streams are left of this process's descriptors.
    PluginGuard.write(to: STDERR_FILENO)
    let isolation = IsolationServer(at: place)
    while let frame = place.receive() {
      guard isolation.serve(frame) || ValidationServer.serve(frame, at: place) else {
        return .checkFailed
      }
    }
    return .success
  }
}
