import Glibc

/// What the system tells of this machine's processor.
package enum Processor {
  /// The name, or `unknown`.
  package static var name: String { field("model name") ?? "unknown" }

  /// Cores that this process may use.
  package static var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  /// The first field of a name in the system's list; nil where it has none.
  package static func field(_ name: String) -> String? {
    guard let file = unsafe fopen("/proc/cpuinfo", "re") else { return nil }
    defer { unsafe fclose(file) }
    let text = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { buffer in
      let count = unsafe fread(buffer.baseAddress, 1, buffer.count, file)
      return unsafe String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      guard let colon = line.firstIndex(of: ":") else { continue }
      return String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    return nil
  }
}
