import Datasets
import Detection
import Foundation
import Tensors
import TestSupport

/// What a network says, labels, a loss and its gradient, as a plain numpy program draws and computes them.
struct SupervisedCase: Decodable, Sendable {
  let terms: [String: Double]
  let shapes: [[Int]]
  let values: [[Float]]
  /// For each image its boxes: centre, width, height, class, weight.
  let boxes: [[[Float]]]
  /// Places in the values, end to end, and the derivative of the total there.
  let probes: [Int]
  let gradient: [Double]
  /// How many cells or queries learn.
  let matches: Int

  init(_ arguments: [String]) throws {
    self = try JSONDecoder().decode(Self.self, from: Self.python(arguments))
  }

  static func python(_ arguments: [String]) throws -> Data {
    let program = TestData.packageRoot.appendingPathComponent(
      "Tests/DetectionTests/Supervised/supervised_reference.py"
    ).path
    let script = "import runpy, sys; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
    return Data(try Python.run(script, [program] + arguments).utf8)
  }

  var targets: [[TargetBox]] {
    boxes.map { image in
      image.map { numbers in
        TargetBox(
          centerX: numbers[0],
          centerY: numbers[1],
          width: numbers[2],
          height: numbers[3],
          category: Int(numbers[4]),
          weight: numbers[5]
        )
      }
    }
  }

  /// The values as tensors that record gradients.
  func tensors() throws -> [Tensor] {
    try zip(values, shapes).map { try Tensor($0, shape: $1).setRequiresGradient() }
  }

  /// Where a loss and its gradient differ from the program's; none where they do not.
  func differences(_ loss: TaskLoss, _ tensors: [Tensor]) throws -> [String] {
    var found: [String] = []
    for (name, value) in loss.terms {
      let (own, wanted) = (try value.doubles()[0], terms[name] ?? .nan)
      if !(abs(own - wanted) <= 1e-4 * max(abs(wanted), 1e-3)) {
        found.append("\(name): \(own), numpy \(wanted)")
      }
    }
    let (total, wanted) = (try loss.total.doubles()[0], terms.values.reduce(0, +))
    if !(abs(total - wanted) <= 1e-4 * wanted) { found.append("total: \(total), numpy \(wanted)") }
    try loss.total.backward()
    let gradients = try tensors.flatMap { try $0.gradient?.doubles() ?? [] }
    for (place, wanted) in zip(probes, gradient) {
      let own = gradients.indices.contains(place) ? gradients[place] : .nan
      if !(abs(own - wanted) <= 2e-4 * max(1, abs(wanted))) {
        found.append("gradient at \(place): \(own), numpy \(wanted)")
      }
    }
    return found
  }
}
