package import Evaluation
package import Graphs
package import Models
import Operators
import PluginKit
package import Pruning
package import Tensors
import TestSupport

/// Drawn images whose record is all that the network gives, so that outputs can be compared.
package struct FlatOutputs: EvaluationSet {
  package let count: Int
  package let shapes: [(name: String, shape: [Int])]
  package let contentHash: String
  package let metricName = "mean"

  package init(_ model: Model, count: Int, hash: String = "drawn") {
    self.count = count
    shapes = model.graph.requiredInputs.map { ($0.name, model.facts[$0.name].shape ?? []) }
    contentHash = hash
  }

  package func inputs(_ images: Range<Int>) throws -> [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for (name, shape) in shapes {
      var values: [Float] = []
      for image in images {
        var random = SeededNumbers(UInt64(image + 11))
        for _ in 0..<shape.dropFirst().reduce(1, *) {
          values.append(Float(random.next() >> 40) / Float(1 << 24))
        }
      }
      inputs[name] = try Tensor(values, shape: [images.count] + shape.dropFirst())
    }
    return inputs
  }

  package func records(_ outputs: [String: Tensor], _ images: Range<Int>) throws -> [ImageRecord] {
    let rows = try outputs.sorted { $0.key < $1.key }.map { try $0.value.doubles() }
    return images.indices.map { image in
      .boxes(
        rows.flatMap { row in
          let size = row.count / images.count
          return row[(image - images.lowerBound) * size..<(image - images.lowerBound + 1) * size]
        }
      )
    }
  }

  package func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
    let values = records.map { record -> Double in
      guard case .boxes(let numbers) = record else { return 0 }
      return numbers.reduce(0, +) / Double(max(numbers.count, 1))
    }
    let counted = (sample ?? Array(values.indices)).map { values[$0] }
    return counted.reduce(0, +) / Double(max(counted.count, 1))
  }

  /// max|a - b| / max(1, max|b|) of two records.
  package static func difference(_ found: ImageRecord, _ expected: ImageRecord) -> Double {
    guard case .boxes(let a) = found, case .boxes(let b) = expected else { return .infinity }
    return Distance(of: a, from: b).relative
  }
}

/// A model whose groups are cut one at a time, judged by the engine and by really cutting.
package struct JudgedModel {
  package let model: Model
  package let pruning: ChannelPruning
  package let cuts: [ResolvedPruning]
  package let images: FlatOutputs
  package let device: Device

  package init(
    _ graph: Graph,
    ratios: [Double] = [0.2, 0.5, 0.9],
    images: Int = 2,
    groups names: [String]? = nil,
    device: Device = .cpu
  ) throws {
    self.device = device
    model = try Model("test", graph)
    let groups = ChannelGroups(model.graph, facts: model.facts, operators: model.operators)
    pruning = ChannelPruning(model.graph, groups: groups)
    var cuts: [ResolvedPruning] = []
    for group in groups.groups where group.closed == nil && names?.contains(group.name) != false {
      for ratio in ratios {
        cuts.append(try pruning.resolve(PruningPlan(cuts: [group.name: .ratio(ratio)])))
      }
    }
    self.cuts = cuts
    self.images = FlatOutputs(model, count: images)
  }

  package func evaluator(
    _ store: any RecordStore = RecordMemory(),
    memory: Int = 1 << 30
  ) -> CutEvaluator {
    var options = CutEvaluator.Options()
    options.memory = memory
    options.device = device
    return CutEvaluator(model, pruning: pruning, images: images, store: store, options: options)
  }

  /// What the cut graph by itself gives, node by node.
  package func cutRecords(_ cut: ResolvedPruning) throws -> [ImageRecord] {
    let small = try pruning.apply(cut)
    return try (0..<images.count).flatMap { image in
      let session = Session(small, operators: model.operators, memory: 0)
      return try images.records(
        session.run(images.inputs(image..<image + 1)),
        image..<image + 1
      )
    }
  }

  /// The worst difference over all cuts and images.
  package func worst(memory: Int = 1 << 30) throws -> (difference: Double, work: CutWork) {
    let store = RecordMemory()
    let evaluator = evaluator(store, memory: memory)
    try evaluator.evaluate(cuts)
    var worst = 0.0
    for cut in cuts {
      let found = try store.records(of: CutEvaluator.key(of: cut), 0..<images.count) ?? []
      let expected = try cutRecords(cut)
      guard found.count == expected.count else { return (.infinity, evaluator.work) }
      for (a, b) in zip(found, expected) { worst = max(worst, FlatOutputs.difference(a, b)) }
    }
    return (worst, evaluator.work)
  }
}
