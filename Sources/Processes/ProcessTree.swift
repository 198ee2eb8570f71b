import Glibc

/// Which processes there are below another, as /proc tells.
package enum ProcessTree {
  /// The processes that a process started, and those that they started.
  package static func descendants(of root: Int32) -> [Int32] {
    var children: [pid_t: [pid_t]] = [:]
    for process in all() {
      if let parent = parent(of: process) { children[parent, default: []].append(process) }
    }
    var found: [pid_t] = []
    var waiting = children[root] ?? []
    while let next = waiting.popLast() {
      found.append(next)
      waiting += children[next] ?? []
    }
    return found
  }

  /// The processes whose environment has an entry.
  package static func processes(marked entry: String) -> [Int32] {
    let own = getpid()
    let wanted = Array(entry.utf8)
    return all().filter { process in
      process != own
        && read("/proc/\(process)/environ").split(separator: 0).contains {
          $0.elementsEqual(wanted)
        }
    }
  }

  private static func all() -> [pid_t] {
    guard let folder = unsafe opendir("/proc") else { return [] }
    defer { unsafe closedir(folder) }
    var found: [pid_t] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
        unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if let process = pid_t(name) { found.append(process) }
    }
    return found
  }

  private static func parent(of process: pid_t) -> pid_t? {
    // The name of the program stands in brackets and may hold any of the rest.
    let text = String(decoding: read("/proc/\(process)/stat"), as: UTF8.self)
    guard let bracket = text.lastIndex(of: ")") else { return nil }
    let fields = text[bracket...].split(separator: " ")
    return fields.count > 2 ? pid_t(fields[2]) : nil
  }

  /// Bytes of memory that a process has filled; `nil` for one that is not there.
  static func memory(of process: Int32) -> Int? {
    let fields = String(decoding: read("/proc/\(process)/statm"), as: UTF8.self).split(
      separator: " "
    )
    return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
  }

  private static func read(_ path: String) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = unsafe Glibc.read(file, &part, part.count)
      guard count > 0 else { return bytes }
      bytes += part.prefix(count)
    }
  }
}
