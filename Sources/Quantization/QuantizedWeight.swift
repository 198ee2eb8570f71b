package import Graphs
import PluginKit

/// A weight as whole numbers of 8 bits with its scales.
package struct QuantizedWeight: Sendable {
  /// The whole numbers, of the weight's shape, int8.
  package let numbers: Constant
  /// One a channel, or one for all.
  package let scales: [Float]
  /// Squares of the weight, and of what it lost, summed.
  package let power: (signal: Double, noise: Double)

  /// Rounds a weight.
  ///
  /// - Parameters:
  ///   - weight: float32.
  ///   - axis: along which the scales lie, where there are several.
  ///   - scales: one for all, or one an element of the axis.
  ///   - chosen: the whole numbers, int8, where they are not the nearest ones.
  package init(_ weight: Constant, axis: Int, scales: [Float], chosen: Constant? = nil) {
    let values = weight.floats ?? []
    let inner = weight.shape[(axis + 1)...].reduce(1, *)
    let channels = scales.count == 1 ? 1 : weight.shape[axis]
    let levels = QuantizationEncoding.symmetricInt8.levels
    let given = chosen?.bytes.elements(as: Int8.self)
    var numbers = given ?? [Int8](repeating: 0, count: values.count)
    var (signal, noise) = (0.0, 0.0)
    let run = channels == 1 ? values.count : inner
    for start in stride(from: 0, to: values.count, by: max(1, run)) {
      let channel = channels == 1 ? 0 : start / inner % channels
      let parameters = QuantizationParameters(scale: scales[channel], zero: 0)
      for index in start..<start + run {
        let number = given.map { Int($0[index]) } ?? parameters.stored(values[index], levels)
        numbers[index] = Int8(number)
        let error = Double(values[index]) - Double(parameters.value(number))
        signal += Double(values[index]) * Double(values[index])
        noise += error * error
      }
    }
    self.numbers = Constant(type: .int8, shape: weight.shape, bytes: Bytes(numbers))
    self.scales = scales
    power = (signal, noise)
  }

  /// The greatest magnitude of each channel, or of all.
  package static func peaks(of weight: Constant, axis: Int, perChannel: Bool) -> [Double] {
    let values = weight.floats ?? []
    let inner = weight.shape[(axis + 1)...].reduce(1, *)
    let channels = perChannel ? weight.shape[axis] : 1
    var peaks = [Float](repeating: 0, count: channels)
    for index in values.indices {
      let channel = channels == 1 ? 0 : index / inner % channels
      peaks[channel] = max(peaks[channel], abs(values[index]))
    }
    return peaks.map(Double.init)
  }

  /// The weight that the whole numbers stand for.
  package func restored(axis: Int) -> Constant {
    let numbers = self.numbers.bytes.elements(as: Int8.self)
    let inner = self.numbers.shape[(axis + 1)...].reduce(1, *)
    let channels = scales.count == 1 ? 1 : self.numbers.shape[axis]
    let values = numbers.indices.map { index in
      Float(numbers[index]) * scales[channels == 1 ? 0 : index / inner % channels]
    }
    return Constant(values, shape: self.numbers.shape)
  }
}
