/// Why a cut cannot be repaired.
package enum RepairError: Error, Sendable, Hashable {
  /// Some images are for fitting, others for judging.
  case tooFewImages(Int)
}

extension RepairError: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .tooFewImages(let count):
      "repair needs two images at least, one to fit to and one to judge by; there \(count == 1 ? "is one" : "are \(count)"): name a folder with more"
    }
  }
}
