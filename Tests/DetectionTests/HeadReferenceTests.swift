import Datasets
import Detection
import Foundation
import Graphs
import Metrics
import Operators
import PluginKit
import Tensors
import TestSupport
import Testing

struct HeadReferenceTests {
  /// Drawn outputs of a network, and what a plain numpy program makes of them.
  struct Case: Decodable, Sendable {
    struct Output: Decodable {
      let name: String
      let shape: [Int]
      let values: [Float]
      let whole: Bool
    }
    struct Preparation: Decodable {
      let divisor: Double
      let mean: [Double]
      let deviation: [Double]
      let order: String
    }

    let head: String
    let inputs: [String: [Int]]
    let outputs: [Output]
    let tails: [String: [String]]
    let metadata: [String: String]
    let companions: [String: [Double]]
    let prep: Preparation
    let fit: String
    let size: [Int]
    let sizes: [[Int]]
    let found: [[[Double]]]

    var network: NetworkInterface {
      NetworkInterface(
        inputs: inputs.map { name, sizes in
          .init(name, sizes, element: name == "orig_target_sizes" ? .int64 : .float32)
        },
        outputs: outputs.map { .init($0.name, $0.shape, element: $0.whole ? .int64 : .float32) },
        metadata: metadata,
        tails: tails.mapValues { Set($0.compactMap(NetworkInterface.Tail.init)) }
      )
    }

    func tensors() throws -> [String: Tensor] {
      var table: [String: Tensor] = [:]
      for output in outputs {
        table[output.name] = try Tensor(output.values, shape: output.shape)
      }
      return table
    }

    func images(_ fit: ImagePreparation.Fit) -> TaskImages {
      TaskImages(
        indices: Array(sizes.indices),
        originalSizes: sizes.map { PixelSize(width: $0[0], height: $0[1]) },
        inputSize: PixelSize(width: size[0], height: size[1]),
        fit: fit
      )
    }
  }

  private static let program =
    (try? String(
      contentsOf: TestData.packageRoot.appendingPathComponent(
        "Tests/DetectionTests/head_reference.py"
      ),
      encoding: .utf8
    )) ?? ""

  private static let names: [String] = {
    let text = try? Python.run(program, ["cases"])
    return (try? JSONDecoder().decode([String].self, from: Data((text ?? "[]").utf8))) ?? []
  }()

  private func known(_ name: String) throws -> Case {
    let text = try Python.run(Self.program, [name, "1"])
    return try JSONDecoder().decode(Case.self, from: Data(text.utf8))
  }

  @Test(.enabled(if: Python.isPresent, Comment(rawValue: Python.reason)), arguments: names)
  func `a head is recognized, and its boxes after suppression are numpy's`(_ name: String) throws {
    let known = try known(name)
    let network = known.network
    let (kind, reason) = try HeadKind.recognized(network)
    #expect(kind.name == known.head, "\(reason)")
    let preparation = try TaskKind.detector.preparation(Settings(), network)
    #expect(preparation.fit.rawValue == known.fit)
    let wanted = Normalization(
      divisor: known.prep.divisor,
      mean: known.prep.mean,
      deviation: known.prep.deviation,
      order: known.prep.order == "bgr" ? .bgr : .rgb
    )
    #expect(preparation.normalization == wanted)
    let task = try TaskKind.detector.task(Settings(), TaskSubject(network: network))
    let found = try task.detections(known.tensors(), known.images(preparation.fit))
    #expect(found.count == known.found.count)
    for (boxes, rows) in zip(found, known.found) {
      #expect(boxes.count == rows.count)
      for (box, row) in zip(boxes, rows) {
        let corners = [
          box.box.x, box.box.y, box.box.x + box.box.width, box.box.y + box.box.height, box.score,
        ]
        #expect(Double(box.category) == row[0])
        for (number, right) in zip(corners, row.dropFirst()) {
          #expect(abs(number - right) < 1e-4 * max(1, abs(right)), "\(corners) and \(row)")
        }
      }
    }
  }

  @Test(
    .enabled(if: Python.isPresent, Comment(rawValue: Python.reason)),
    arguments: ["rtdetr with sizes", "paddle"]
  )
  func `what networks ask for beside images is the input's size and no scale`(
    _ name: String
  ) throws {
    let known = try known(name)
    let task = try TaskKind.detector.task(Settings(), TaskSubject(network: known.network))
    let images = known.images(.stretch)
    let arrays = task.companions(images: images.indices.count, inputSize: images.inputSize)
    #expect(Set(arrays.keys) == Set(known.companions.keys))
    for (name, wanted) in known.companions {
      let array = try #require(arrays[name])
      #expect(array.shape == [2, 2])
      #expect(array.type == (name == "orig_target_sizes" ? .int64 : .float32))
      #expect(try array.tensor().doubles() == wanted)
    }
  }
}
