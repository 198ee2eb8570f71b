import PluginKit

/// A quantizer in a process of its own.
struct IsolatedQuantizer: QuantizerImplementation {
  private let session: IsolatedSession

  init(_ strategy: IsolatedStrategy, settings: Settings) { session = strategy.session(settings) }

  func plan(for model: any QuantizationContext) throws(PluginError) -> QuantizationPlan {
    let tensors = try model.tensors
    var answer = try session.call(
      .quantizerPlan,
      stops: { model.shouldStop },
      answering: {
        (question, unpacker, packer) throws(PluginError) in
        try model.answer(question, tensors, &unpacker, &packer)
      }
    ) { packer in
      packer.add(model.seed)
    }
    let plan: QuantizationPlan = try answer.value()
    guard plan.leftFloat.allSatisfy(tensors.indices.contains) else { throw .garbled }
    return plan
  }

  func ranges(
    of tensor: QuantizedTensor,
    in model: any QuantizationContext
  ) throws(PluginError) -> [QuantizationRange] {
    let tensors = try model.tensors
    var answer = try session.call(
      .ranges,
      layer: tensor.name,
      stops: { model.shouldStop },
      answering: {
        (question, unpacker, packer) throws(PluginError) in
        try model.answer(question, tensors, &unpacker, &packer)
      }
    ) { packer in
      packer.add(model.seed)
      packer.add(tensor)
    }
    let ranges: [QuantizationRange] = try answer.values()
    guard ranges.count == tensor.rangeCount else { throw .garbled }
    // Its own process checked them too, which is the plugin's.
    try ranges.check(for: tensor, of: session.plugin)
    return ranges
  }
}

extension QuantizationContext {
  /// Answers what a plugin in another process asks about the tensors.
  fileprivate func answer(
    _ question: Dialogue.Question,
    _ tensors: [QuantizedTensor],
    _ unpacker: inout Unpacker,
    _ packer: inout Packer
  ) throws(PluginError) {
    func tensor() throws(PluginError) -> QuantizedTensor {
      let index = try unpacker.int()
      guard tensors.indices.contains(index) else { throw .garbled }
      return tensors[index]
    }
    switch question {
    case .tensors: packer.add(tensors)
    case .tensorWeight: try weight(of: try tensor()).pack(into: &packer)
    case .statistics: packer.add(try statistics(of: try tensor()))
    default: throw .garbled
    }
  }
}
