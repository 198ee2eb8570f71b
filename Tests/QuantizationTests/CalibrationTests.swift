import Evaluation
import Graphs
import Models
import Operators
import PluginKit
import Quantization
import Synchronization
import Tensors
import Testing
import TestNetworks

struct CalibrationTests {
  private func calibration(threads: Int, _ images: any CalibrationImages) throws -> Calibration {
    let before = try Runtime.threadCount()
    defer { try? Runtime.setThreadCount(before) }
    try Runtime.setThreadCount(threads)
    let model = try Model("detector", SmallNetwork.detector)
    let values = model.graph.nodes.flatMap(\.outputs) + ["x"]
    return try Calibration.run(model, values: Set(values), images: images)
  }

  @Test func `what was seen does not depend on the number of threads`() throws {
    let images = SmallNetwork.images(7)
    let one = try calibration(threads: 1, images)
    let three = try calibration(threads: 3, images)
    #expect(one.statistics == three.statistics)
    #expect(three.images == 7)
  }

  @Test func `every image is seen once`() throws {
    let images = SmallNetwork.images(7)
    let seen = try #require(try calibration(threads: 3, images).statistics["x"])
    let values = try images.arrays.map { try $0.tensor().floats() }
    #expect(seen.images == 7)
    #expect(seen.count == values.map(\.count).reduce(0, +))
    #expect(seen.low == values.joined().min())
    #expect(seen.high == values.joined().max())
    #expect(seen.peaks == values.map { Double($0.map(abs).max() ?? 0) }.reduce(0, +))
  }

  @Test func `an image that cannot be read ends the pass`() throws {
    let images = Unreadable(images: SmallNetwork.images(4000))
    #expect(throws: CalibrationError.self) { _ = try calibration(threads: 2, images) }
    #expect(images.asked.value.withLock { $0 } < 4000)
  }

  /// Images of which the sixth is broken.
  private struct Unreadable: CalibrationImages {
    final class Counter: Sendable { let value = Mutex(0) }

    let images: DrawnImages
    let asked = Counter()
    var count: Int { images.count }

    func inputs(_ index: Int) throws -> [String: Tensor] {
      asked.value.withLock { $0 += 1 }
      guard index != 5 else { throw CalibrationError.unreadable(path: "5.npy", reason: "broken") }
      return try images.inputs(index)
    }
  }
}
