/// Why a network cannot be built as asked.
package enum ArchitectureError: Error, Sendable, Hashable {
  case unknownName(String, nearest: String?, known: [String])
  case badSize(ImageSize, step: Int = 32)
  case badClassCount(Int)
  case badBatch(Int)
  case badWidth(Double)
  case fixedWidth(String)
  /// A network that has no convolution whose groups were forgotten.
  case nothingToGroup(String)
  /// The block at a place, and why it cannot stand there.
  case badBlock(Int, BlockFault)
  /// How many blocks halve, and how many of these are double ones.
  case badHalving(Int, doubles: Int)

  /// Why a BlazeBlock cannot stand where it is.
  package enum BlockFault: Sendable, Hashable {
    case width(Int)
    case stride(Int)
    /// A sum of what comes in and what goes out.
    case sum(Int, Int)
  }
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
    case .nothingToGroup(let name):
      "'grouped' repairs the second convolution of BlazeFace's double blocks, which '\(name)' does not have; leave it out, "
        + "or take blazeface, blazeface_nas or blazeface_nas_v2"
    case .badBlock(let place, .width(let width)):
      "block \(place) cannot have \(width) channels; take 1 or more"
    case .badBlock(let place, .stride(let stride)):
      "block \(place) cannot have the stride \(stride); take 1, or 2 to halve"
    case .badBlock(let place, .sum(let input, let output)):
      "block \(place) adds its input of \(input) channels to its output of \(output); make them equal, or its stride 2"
    case .badHalving(let count, let doubles):
      "\(count) blocks halve, \(doubles) of them double ones; predictions at strides 8 and 16 need three, the last a double one"
    case .badWidth(let width):
      "MobileNetV1 cannot be \(width) times as wide: the multiplier must leave at least one of 32 "
        + "channels, so lie between 0.03125 and 64"
    }
  }
}
