import Glibc
import Tensors

/// Where a bench of training computes.
enum BenchDevice {
  /// The device that `DEVICE` names, `cpu` without it.
  static func chosen() throws -> Device {
    let name = unsafe getenv("DEVICE").map { unsafe String(cString: $0) } ?? "cpu"
    guard let device = Device(name) else {
      print("espalier-bench: DEVICE=\(name) is none of cpu, cuda, cuda:N")
      exit(2)
    }
    if device.kind == .cuda { try Runtime.loadCUDA() }
    return device
  }

  /// The most memory that was held, in MiB: of a GPU what tensors took, else what the process did.
  static func peak(of device: Device) throws -> Int {
    if device.kind == .cuda { return try Runtime.memory(of: device).allocatedPeak >> 20 }
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss >> 10
  }
}
