/// Why a cut cannot be repaired.
package enum RepairError: Error, Sendable, Hashable {
  /// Some images are for fitting, others for judging; so many runs there are, each of `batch` images.
  case tooFewImages(Int, batch: Int)
}

extension RepairError: CustomStringConvertible {
  /// What was found, and the cure.
  package var description: String {
    switch self {
    case .tooFewImages(let runs, let batch):
      "repair needs two \(batch == 1 ? "images" : "batches of \(batch) images") at least, one to fit to and one to judge by; "
        + "there \(runs == 1 ? "is one" : "are \(runs)"): name a folder with more images, or raise their number"
    }
  }
}
