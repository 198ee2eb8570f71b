import Datasets
import Files

/// Espalier's own side of `make bench-loader`: batches of a VOC list, as loader.py makes them.
enum LoaderBench {
  /// Prints images a second for each preset, over whole epochs after one that is not timed.
  static func run(root: String, list: String, epochs: Int) throws {
    let data = try PascalVOC.read([PascalVOC.Part(root: root, list: list)])
    for name in ["none", "light", "yolov3"] {
      guard var augmentation = Augmentation.preset(name) else { continue }
      // One size on both sides, so that both resize as much.
      augmentation.sides = []
      for (cache, peer) in [(0, "Espalier"), (1 << 30, "Espalier, decoded images kept")] {
        let plan = TrainingPlan(
          batchSize: 8,
          size: PixelSize(width: 416, height: 416),
          augmentation: augmentation,
          lastBatch: .drop
        )
        let batches = try TrainingBatches(
          data,
          plan: plan,
          reading: ImageReading(policy: .skip, cacheBytes: cache, threads: 2)
        )
        let count = batches.batchesPerEpoch
        var sum: Float = 0
        var step = 0
        func epoch() throws {
          for _ in 0..<count {
            sum += try batches.batch(step).pixels.last ?? 0
            step += 1
          }
        }
        try epoch()
        var rates: [Double] = []
        for _ in 0..<epochs {
          let start = ContinuousClock.now
          try epoch()
          rates.append(Double(count * 8) / ((ContinuousClock.now - start) / .seconds(1)))
        }
        let line: JSONValue = [
          "job": .string(name), "peer": .string(peer), "rates": .array(rates.map { .double($0) }),
        ]
        print(line.line)
      }
    }
  }
}
