// Many threads in the host of plugins at once: a program for sanitizers, built by scripts/check-sanitizers.sh without torch.
import Glibc
import PluginHost
import PluginKit

@main
enum HostThreads {
  private static let counts = 200

  static func main() throws {
    let folder = CommandLine.arguments[1]
    var policy = PluginPolicy(folders: [.init(path: folder, origin: .user)])
    policy.stagingFolder = folder + "/staged"
    policy.allowsUnvalidated = true
    policy.deadline = 0.2
    let said = LogCount()
    let registry = PluginRegistry(policy: policy) { _, _, _ in said.add() }

    // Loads, listings and descriptions at once.
    run(8) { _ in
      _ = registry.listing()
      check((try? registry.description(of: "org.example.strategy")) != nil, "not loaded")
    }
    let pruner = try registry.pruner(named: "org.example.strategy")
    guard let scorer = pruner.scorer else { fatalError("no scorer") }
    let function = try registry.scorer(named: "org.example.function")
    run(8) { thread in
      let model = SmallModel([("first", 8), ("second", 6)])
      for count in 0..<counts {
        let scores = try? scorer.score(model.groups[0], of: model)
        check(scores == (0..<8).map(Double.init), "other scores: \(String(describing: scores))")
        let norms = try? function.score(model.groups[1], of: model)
        check(norms?.last == 4 * 36, "other norms")
        // The second group throws: its error has the layer's name.
        do throws(PluginError) {
          _ = try scorer.score(model.groups[1], of: model)
          fatalError("no error")
        } catch { check(error.origin?.layer == "second", "\(error)") }
        // A plan logs and asks on threads of the plugin's own.
        if count % 50 == 0 { check((try? pruner.plan(for: model)) != nil, "no plan") }
        // Instances come and go while others are called.
        if count % 50 == thread { _ = try? registry.pruner(named: "org.example.strategy") }
      }
    }
    // A call past its deadline is asked to stop by the watch's thread.
    let slow = SmallModel([("slow", 2)])
    do throws(PluginError) {
      _ = try scorer.score(slow.groups[0], of: slow)
      fatalError("no deadline")
    } catch { check(error.code == .cancelled || error.code == .deadline, "\(error)") }
    check(said.count > 0, "nothing was logged")
    registry.shutDown()
    print("8 threads, \(counts) rounds each: as expected")
  }

  private static func check(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
  }

  /// Runs a body on threads of its own, to the end of all.
  private static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Start {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    let threads = (0..<count).map { index in
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start { body(index) })
      pthread_create(
        &thread,
        nil,
        { given in
          given.map { Unmanaged<Start>.fromOpaque($0).takeRetainedValue().body() }
          return nil
        },
        start.toOpaque()
      )
      return thread
    }
    for thread in threads { pthread_join(thread, nil) }
  }
}
