import Evaluation
import Glibc
import PluginHost
import Synchronization

/// What Ctrl-C does: work that keeps checkpoints writes one and stops; other work ends at once, saying how to go on.
///
/// A second Ctrl-C ends the program whatever it does.
enum Interruption {
  /// What is asked to stop.
  private static let request = StopRequest()
  /// The addresses of the two texts that the handler writes, made before it can be called and never freed.
  private static let saving = Atomic<UInt>(0)
  private static let advice = Atomic<UInt>(0)
  private static let wasAsked = Atomic(false)

  /// Takes SIGINT over for work that keeps nothing: a plugin that is in a call is asked to return first.
  ///
  /// Where somebody else has the signal, or it is ignored, it stays so.
  static func askPlugins() {
    var known = sigaction()
    guard unsafe sigaction(SIGINT, nil, &known) == 0,
      unsafe known.__sigaction_handler.sa_handler == nil
    else { return }
    saving.store(
      address("espalier: interrupted: waits for the plugin to return; Ctrl-C again ends at once"),
      ordering: .relaxed
    )
    _ = signal(SIGINT) { _ in
      if Interruption.wasAsked.exchange(true, ordering: .relaxed)
        || !PluginGuard.interrupt(ends: true)
      {
        signal(SIGINT, SIG_DFL)
        raise(SIGINT)
        return
      }
      Interruption.write(Interruption.saving.load(ordering: .relaxed))
    }
    unblock()
  }

  /// A program that starts this one may have its signals blocked, which is inherited.
  private static func unblock() {
    var interrupt = sigset_t()
    unsafe sigemptyset(&interrupt)
    unsafe sigaddset(&interrupt, SIGINT)
    unsafe pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
  }

  /// Takes SIGINT over for a run, of which there is nothing yet: the same command begins it again.
  ///
  /// - Returns: what long work asks whether it should stop.
  static func watch() -> StopRequest {
    saving.store(
      address(
        "espalier: interrupted: ends the iteration and writes a checkpoint; Ctrl-C again ends at once"
      ),
      ordering: .relaxed
    )
    advice.store(address("espalier: interrupted; run the same command again"), ordering: .relaxed)
    // Signal handlers may call little: an atomic, write(2) and _exit(2).
    _ = signal(SIGINT) { _ in
      if Interruption.request.ask() {
        _ = PluginGuard.interrupt(ends: false)
        Interruption.write(Interruption.saving.load(ordering: .relaxed))
      } else {
        Interruption.write(Interruption.advice.load(ordering: .relaxed))
        _exit(ExitCode.interrupted.rawValue)
      }
    }
    unblock()
    return request
  }

  /// Says how to go on from now on.
  ///
  /// - Parameter command: goes on with the run.
  static func goOn(with command: String) {
    PluginGuard.advise("go on with: \(command)")
    advice.store(address("espalier: interrupted; go on with: \(command)"), ordering: .relaxed)
  }

  private static func address(_ line: String) -> UInt {
    unsafe strdup("\n\(line)\n").map { UInt(bitPattern: $0) } ?? 0
  }

  private static func write(_ address: UInt) {
    guard let text = unsafe UnsafePointer<CChar>(bitPattern: address) else { return }
    _ = unsafe Glibc.write(STDERR_FILENO, text, strlen(text))
  }
}
