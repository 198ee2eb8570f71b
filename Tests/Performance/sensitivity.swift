import Evaluation
import Files
import Glibc
import Graphs
import ModelFormats
import Models
import Operators
import PluginKit
import Pruning
import Tensors

/// Images from an array, judged by how large the outputs are: forward passes and next to nothing else.
struct ForwardOnly: EvaluationSet {
  let pixels: [Float]
  let shape: [Int]
  let input: String

  var count: Int { shape[0] }
  var contentHash: String { "bench" }
  var metricName: String { "mean of |outputs|" }

  func inputs(_ images: Range<Int>) throws -> [String: Tensor] {
    let size = shape.dropFirst().reduce(1, *)
    let part = Array(pixels[images.lowerBound * size..<images.upperBound * size])
    return [input: try Tensor(part, shape: [images.count] + shape.dropFirst())]
  }

  func records(_ outputs: [String: Tensor], _ images: Range<Int>) throws -> [ImageRecord] {
    var sums = [Double](repeating: 0, count: images.count)
    var count = 0
    for (_, output) in outputs {
      let perImage = try ATen.one("reshape", ATen.one("abs", output), [images.count, -1])
      count += perImage.shape[1]
      let totals = try ATen.one(
        "sum",
        "dim_IntList",
        perImage,
        [1],
        false,
        ATenValue.dtype(.float64)
      )
      for (index, total) in try totals.doubles().enumerated() { sums[index] += total }
    }
    return sums.map { .agreement($0 / Double(max(count, 1))) }
  }

  func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
    let values = records.map { record -> Double in
      guard case .agreement(let value) = record else { return 0 }
      return value
    }
    return values.reduce(0, +) / Double(max(values.count, 1))
  }
}

/// Times the sensitivity of YOLOv3's head: every head convolution at nine ratios, on the images of an NPY file.
func timeSensitivity(_ path: String, images file: String, runs: Int, batch: Int) throws {
  let array = try NPY.decode(File.bytes(of: file))
  let model = try Model.read(path)
  let images = ForwardOnly(
    pixels: array.floats ?? [],
    shape: array.shape,
    input: model.graph.requiredInputs[0].name
  )
  let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
  let pruning = ChannelPruning(model.graph, groups: groups)
  let names = groups.groups.filter { $0.closed == nil && $0.name.hasPrefix("yolo_block") }.map(
    \.name
  )
  for run in 0...runs {
    let (start, processor) = (ContinuousClock.now, clock())
    let ratios = (1...9).map { Double($0) / 10 }
    let cuts = try names.flatMap { name in
      try ratios.map { try pruning.resolve(PruningPlan(cuts: [name: .ratio($0)])) }
    }
    let resolved = ContinuousClock.now
    let store = RecordMemory()
    var options = CutEvaluator.Options()
    options.batch = batch
    let evaluator = CutEvaluator(
      model,
      pruning: pruning,
      images: images,
      store: store,
      options: options
    )
    try evaluator.evaluate(cuts)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let spent = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    guard run > 0 || runs == 0 else { continue }
    var metrics: [JSONValue.Member] = []
    for (index, cut) in cuts.enumerated() {
      let records = try store.records(of: CutEvaluator.key(of: cut), 0..<images.count) ?? []
      let name = "\(names[index / 9]) \(ratios[index % 9])"
      metrics.append(.init(name, .double(try images.metric(records, sample: nil))))
    }
    let line: JSONValue = [
      "job": "sensitivity", "peer": "Espalier", "seconds": .double(seconds),
      "processor": .double(spent),
      "deciding": .double((resolved - start) / .seconds(1)),
      "points": .int(cuts.count), "images": .int(images.count),
      "executed": .int(evaluator.work.executed), "naive": .int(evaluator.work.naive),
      "limit": .int(evaluator.work.limit), "metrics": .object(metrics),
    ]
    print(line.line)
  }
}
