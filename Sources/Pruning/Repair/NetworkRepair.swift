import Datasets
package import Evaluation
import Graphs
package import Models
import Operators
package import Tensors

/// Fits the layers behind a cut to what they made before it, on images without labels.
///
/// The uncut network and the cut one are executed side by side. Each layer of the cut one is fitted to what the same layer makes in the
/// uncut one, given what it reads after all layers before it were fitted, so that it also makes up for what these could not
/// (``LayerRepair``). Memory is bounded: what lies between two layers for as many images as fit ``memory``, and ``rowMemory`` for the
/// rows of one layer.
package struct NetworkRepair {
  /// Bytes that the values of all images together may take between two layers, in both networks.
  package static let memory = 2 << 30
  /// Bytes of rows that one layer is fitted to.
  private static let rowMemory = 256 << 20
  private static let mostRows = 16384
  /// One image in so many is held back.
  private static let heldBack = 4

  private let before: Model
  private let after: Model
  private let kept: [String: [Int: [Int]]]
  private let device: Device
  private let seed: UInt64

  /// Prepares the repair of a cut.
  ///
  /// - Parameters:
  ///   - before: the network before the cut.
  ///   - after: the network after it, whose nodes have the same names.
  ///   - cut: what was cut.
  ///   - seed: for the places that rows are taken from.
  ///   - device: where both networks run.
  package init(
    _ before: Model,
    _ after: Model,
    cut: ResolvedPruning,
    seed: UInt64 = 0,
    device: Device = .cpu
  ) {
    self.before = before
    self.after = after
    self.device = device
    self.seed = seed
    var kept: [String: [Int: [Int]]] = [:]
    for case .keep(let constant, let axis, let indices) in cut.edits {
      kept[constant, default: [:]][axis] = indices
    }
    self.kept = kept
  }

  /// The cut network with fitted layers, where its outputs are nearer to the uncut network's; else the cut network.
  ///
  /// - Parameters:
  ///   - images: without labels; every fourth is held back to judge by.
  ///   - tell: told what is being done.
  /// - Returns: the network, and what was done.
  /// - Throws: ``RepairError``; what images or runtime refuse.
  package func repaired(
    _ images: any CalibrationImages,
    tell: (RunEvent) -> Void = { _ in }
  ) throws -> (Model, RepairRecord) {
    guard images.count > 1 else {
      throw RepairError.tooFewImages(images.count, batch: images.batch)
    }
    let given = Set(try images.inputs(0).keys)
    let uncut = try before.part(given: given, computing: []).widened()
    let cut = try after.part(given: given, computing: []).widened()
    let layers = RepairedLayer.all(
      before: uncut.graph,
      after: cut.graph,
      kept: kept,
      operators: after.operators,
      addsBiases: !after.isComputedOtherwise && cut.graph.nodes.count == after.graph.nodes.count
    )
    let places = places(of: images, uncut, layers)
    // On the device once: the outputs are computed from them again.
    let inputs = try places.map { place in
      try images.inputs(place).mapValues { try $0.moved(to: device) }
    }
    let split = Split(inputs.count, every: Self.heldBack)
    func count(_ runs: [Int]) -> Int { runs.reduce(0) { $0 + images.images(places[$1]) } }
    var record = RepairRecord(fitted: count(split.fitted), heldBack: count(split.heldBack))
    guard !layers.isEmpty else { return (after, record) }
    let biased = try cut.replacing(graph: cut.graph.addingBiases(of: layers))
    var graph = biased.graph
    let wanted = try StagedExecution(
      uncut.graph,
      operators: uncut.operators,
      stops: layers.map(\.places.before),
      values: Set(layers.map(\.result)),
      inputs: inputs,
      device: device
    )
    let made = try StagedExecution(
      graph,
      operators: cut.operators,
      stops: layers.map(\.places.after),
      inputs: inputs,
      device: device
    )
    for (index, layer) in layers.enumerated() {
      tell(.work(.repair(layer: layer.name), done: index + 1, of: layers.count))
      try wanted.advance(to: layer.places.before)
      try made.advance(to: layer.places.after)
      let fit = try fit(layer, graph, wanted, made, split)
      guard fit.isNearer else {
        record.unchanged += 1
        continue
      }
      record.layers.append(
        .init(name: layer.name, before: fit.error.before, after: fit.error.after)
      )
      for (name, constant) in try layer.constants(fit, in: graph) {
        graph.constants[name] = constant
        try made.set(name, to: constant)
      }
    }
    let result = try cut.replacing(graph: graph.droppingZeroBiases(of: layers, in: cut.graph))
    record.outputs = try outputs(uncut, cut, result, split.heldBack.map { inputs[$0] })
    guard record.isKept else { return (after, record) }
    // What was left out of the executed part comes back.
    let isWhole = cut.graph.nodes.count == after.graph.nodes.count && !after.isComputedOtherwise
    return (isWhole ? result : try result.bringingBack(to: after), record)
  }

  /// Which images weights are fitted to, and which they are judged on.
  private struct Split {
    let fitted: [Int]
    let heldBack: [Int]

    init(_ count: Int, every step: Int) {
      let step = min(step, count)
      fitted = (0..<count).filter { $0 % step != step - 1 }
      heldBack = (0..<count).filter { $0 % step == step - 1 }
    }
  }

  /// Runs taken evenly from all, as many as fit.
  private func places(
    of images: any CalibrationImages,
    _ model: Model,
    _ layers: [RepairedLayer]
  ) -> [Int] {
    let bytes = 2 * StagedExecution.bytes(of: model, stops: layers.map(\.places.before))
    let count = min(images.count, max(2, Self.memory / max(1, bytes)))
    return (0..<count).map { $0 * images.count / count }
  }

  private func fit(
    _ layer: RepairedLayer,
    _ graph: Graph,
    _ wanted: StagedExecution,
    _ made: StagedExecution,
    _ split: Split
  ) throws -> LayerRepair {
    guard let constant = graph.constants[layer.weight] else {
      throw OperatorError.mismatch("the graph has no constant '\(layer.weight)'")
    }
    let product = layer.product
    let channels = try Tensor(layer.kept.map(Int64.init), shape: [layer.kept.count])
      .moved(to: device)
    let most = min(
      Self.mostRows,
      max(256, Self.rowMemory / (4 * product.width * product.groups))
    )
    func sample(_ images: [Int], most: Int) throws -> LayerRepair.Sample {
      var (rows, results): ([Tensor], [Tensor]) = ([], [])
      for image in images {
        let result = try wanted.value(layer.result, image: image)
        let left = try result.picked(along: product.channelAxis(of: result), at: channels)
        let places = try DrawnPlaces.indices(
          product.placeCount(left),
          most: most / max(1, images.count),
          random: SampleRandom(
            seed: seed,
            round: layer.places.after,
            sample: image,
            purpose: 0x5245_5041
          ),
          on: device
        )
        rows.append(try product.rows(made.value(layer.input, image: image), at: places))
        results.append(try product.results(left, at: places))
      }
      return LayerRepair.Sample(
        rows: try Tensor.concatenated(rows, along: 1),
        results: try Tensor.concatenated(results, along: 1)
      )
    }
    return try withoutGradients {
      try LayerRepair(
        weight: product.matrix(constant.tensor(on: device)),
        bias: layer.bias(in: graph).moved(to: device),
        movesBias: layer.shift != nil,
        fitted: sample(split.fitted, most: most),
        heldBack: sample(split.heldBack, most: most / 3)
      )
    }
  }

  /// How far outputs are from the uncut network's; nil where none can be compared.
  private func outputs(
    _ uncut: Model,
    _ cut: Model,
    _ repaired: Model,
    _ inputs: [[String: Tensor]]
  ) throws -> RepairRecord.Outputs? {
    let names = ComparedOutputs(of: uncut).names
    func results(_ model: Model) throws -> [[String: Tensor]] {
      let session = Session(
        model.graph,
        operators: model.operators,
        device: device,
        mode: .fast,
        memory: 0
      )
      return try inputs.map { try session.run($0, keeping: false) }
    }
    let wanted = try results(uncut)
    func distance(_ model: Model) throws -> Double? {
      var distances: [Double] = []
      for (made, wanted) in zip(try results(model), wanted) {
        for name in names {
          guard let found = made[name], let expected = wanted[name], found.shape == expected.shape
          else { continue }
          let difference = try (found - expected).length(as: .float64).doubles().first ?? 0
          let length = try expected.length(as: .float64).doubles().first ?? 0
          // Of an output of zeros any other is one length off.
          distances.append(difference == 0 ? 0 : length == 0 ? 1 : difference / length)
        }
      }
      return distances.isEmpty ? nil : distances.reduce(0, +) / Double(distances.count)
    }
    guard let before = try distance(cut), let after = try distance(repaired) else { return nil }
    return .init(cut: before, repaired: after)
  }
}

@available(*, unavailable) extension NetworkRepair: Sendable {}
