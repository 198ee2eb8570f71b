import CEspalier
import Files
import Glibc

/// What a plugin was checked with: the host, and the kind of processor.
package struct HostBuild: Sendable, Hashable {
  /// The interface's version.
  package let abi: String
  /// A digest of the program.
  package let build: String
  /// The vendor, the model and the features of the processor.
  package let processor: String

  package init(abi: String, build: String, processor: String) {
    self.abi = abi
    self.build = build
    self.processor = processor
  }

  /// This process and this machine.
  package static var current: HostBuild {
    HostBuild(
      abi: "\(ESP_ABI_MAJOR).\(ESP_ABI_MINOR)",
      build: ownBuild,
      processor: ownProcessor
    )
  }

  /// The size and the time of the program's file: another build has others.
  private static var ownBuild: String {
    var status = stat()
    guard unsafe stat("/proc/self/exe", &status) == 0 else { return "unknown" }
    return "\(HostRecord.version)-\(status.st_size)-\(status.st_mtim.tv_sec)"
  }

  private static var ownProcessor: String {
    let text = (try? File.contents(of: "/proc/cpuinfo")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let wanted = [
      "vendor_id", "cpu family", "model name", "model", "stepping", "flags", "CPU implementer",
      "CPU part", "Features",
    ]
    var lines: [String] = []
    // The first processor's paragraph; the others are of its kind.
    for line in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { break }
      let name = line.prefix { $0 != ":" && $0 != "\t" }
      if wanted.contains(String(name)) { lines.append(String(line)) }
    }
    return String(SHA256.hexadecimal(of: Array(lines.joined(separator: "\n").utf8).span).prefix(32))
  }
}
