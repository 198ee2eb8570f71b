/// Why a network cannot be built as asked.
package enum ArchitectureError: Error, Sendable, Hashable {
  case unknownName(String, nearest: String?, known: [String])
  case badSize(ImageSize, step: Int = 32)
  case badClassCount(Int)
  case badBatch(Int)
  case badWidth(Double)
  case fixedWidth(String)
}

extension ArchitectureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownName(let name, let nearest, let known):
      "no architecture is named '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        + " Known: \(known.joined(separator: ", "))"
    case .badSize(let size, let step):
      "the input size \(size) (height×width) does not fit the network: both must be multiples of \(step), "
        + "such as \(size.nearestMultiple(of: step)), or be left open"
    case .badClassCount(let count):
      "a detector needs at least one class, not \(count); COCO has 80, Pascal VOC 20"
    case .badBatch(let count):
      "a batch holds at least one image, not \(count); leave it out for a batch of any size"
    case .fixedWidth(let name):
      "the backbone '\(name)' has no width multiplier; leave 'width' out, or take mobilenet_v1"
    case .badWidth(let width):
      "MobileNetV1 cannot be \(width) times as wide: the multiplier must leave at least one of 32 "
        + "channels, so lie between 0.03125 and 64"
    }
  }
}
