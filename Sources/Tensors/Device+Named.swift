import Glibc

extension Device {
  /// How messages name what ``named(_:)`` accepts.
  package static let acceptedNames = "auto, cpu, cuda or cuda:N"

  /// Whether ``named(_:)`` accepts a name.
  package static func isName(_ text: String) -> Bool {
    text == "auto" || Device(text).map { $0.index < 128 } == true
  }

  /// The device of a name: `auto` takes a GPU where one can be used.
  ///
  /// - Throws: ``TensorError`` where a GPU is asked for by name and cannot be used.
  package static func named(_ name: String) throws -> Device {
    guard name == "auto" else {
      let device = Device(name) ?? .cpu
      if device.kind == .cuda { try Runtime.loadCUDA() }
      return device
    }
    guard hasDriver, (try? Runtime.loadCUDA()) != nil else { return .cpu }
    return try Runtime.cudaDeviceCount() > 0 ? .cuda() : .cpu
  }

  /// Whether an NVIDIA driver is loaded; whether torch can use it shows only with the runtime.
  package static var hasDriver: Bool { unsafe access("/proc/driver/nvidia/version", R_OK) == 0 }
}
