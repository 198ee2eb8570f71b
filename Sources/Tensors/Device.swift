/// Where a tensor lives.
public struct Device: Sendable, Hashable {
  /// The kinds of device that the runtime reaches; raw values are DLPack's codes.
  public enum Kind: Int32, Sendable, Hashable {
    case cpu = 1
    case cuda = 2
  }

  /// The kind of the device.
  public let kind: Kind
  /// Which of them, from 0.
  public let index: Int

  /// Main memory.
  public static var cpu: Device { Device(kind: .cpu, index: 0) }

  /// The NVIDIA GPU number `index`.
  public static func cuda(_ index: Int = 0) -> Device { Device(kind: .cuda, index: index) }
}

extension Device: LosslessStringConvertible {
  /// `cpu` or `cuda:0`, as torch writes it.
  public var description: String { kind == .cpu ? "cpu" : "cuda:\(index)" }

  /// Reads `cpu`, `cuda` or `cuda:N`.
  public init?(_ description: String) {
    if description == "cpu" {
      self = .cpu
    } else if description == "cuda" {
      self = .cuda(0)
    } else if description.hasPrefix("cuda:"), let index = Int(description.dropFirst(5)), index >= 0
    {
      self = .cuda(index)
    } else {
      return nil
    }
  }
}
