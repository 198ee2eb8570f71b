import PluginKit

/// A model of one activation and some weights, as a quantizer sees it.
final class SmallTensors: QuantizationContext {
  let tensors: [QuantizedTensor]
  let seed: UInt64 = 7
  private let values: (weight: [Float], shape: [Int], image: [Float])

  /// Names the weights, each with its number of ranges; all hold the same values.
  init(
    weights: [(name: String, ranges: Int)] = [("conv", 3)],
    weight: [Float] = [1, -2, 3, -4, 5, -6],
    shape: [Int] = [3, 2],
    image: [Float] = [0, 0, 0.75, -0.25]
  ) {
    values = (weight, shape, image)
    var tensors = [
      QuantizedTensor(
        index: 0,
        kind: .activation,
        name: "x",
        op: "Relu",
        rangeCount: 1,
        axis: nil,
        encoding: .affineUInt8
      )
    ]
    for (name, ranges) in weights {
      tensors.append(
        QuantizedTensor(
          index: tensors.count,
          kind: .weight,
          name: name,
          op: "Conv",
          rangeCount: ranges,
          axis: 0,
          encoding: .symmetricInt8
        )
      )
    }
    self.tensors = tensors
  }

  func weight(of tensor: QuantizedTensor) throws(PluginError) -> WeightView {
    WeightView(values.weight, shape: values.shape)
  }

  func statistics(of tensor: QuantizedTensor) throws(PluginError) -> CalibrationStatistics {
    let image = values.image
    var statistics = CalibrationStatistics()
    statistics.add(image: image.span)
    return statistics
  }
}
