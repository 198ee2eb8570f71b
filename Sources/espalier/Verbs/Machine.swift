import Glibc
import Tensors

/// What this machine has.
enum Machine {
  /// The processor's name, as the system tells it.
  static var processor: String { field("model name") ?? "unknown" }

  /// The processor's features that decide which of torch's kernels run.
  static var features: [String] {
    let found = Set((field("flags") ?? "").split(separator: " "))
    return [
      "avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16",
    ]
    .filter { found.contains(Substring($0)) }
  }

  /// Cores that this process may use.
  static var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

  private static func field(_ name: String) -> String? {
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
