package import Operators

extension SquareConvolution {
  /// How latency tables name the convolution: `conv,bias,relu,1,channels,height,width,filters,groups,kernel,pad,stride,dilation`.
  package var latencyKey: String {
    let numbers = [
      hasBias ? 1 : 0, rectifies ? 1 : 0, 1, channels, height, width, filters, groups, kernel,
      padding, stride, dilation,
    ]
    return "\(Self.latencyOperator)," + numbers.map(String.init).joined(separator: ",")
  }

  /// The convolution that a key names.
  ///
  /// - Returns: nil for another operator, another number of numbers, other flags than 0 and 1, or several images.
  package init?(latencyKey: String) {
    let fields = latencyKey.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = fields.dropFirst().compactMap { Int($0.filter { $0 != " " }) }
    guard fields.first?.filter({ $0 != " " }) == Self.latencyOperator, fields.count == 13,
      numbers.count == 12, numbers.prefix(2).allSatisfy({ $0 == 0 || $0 == 1 }), numbers[2] == 1,
      numbers.allSatisfy({ $0 >= 0 })
    else { return nil }
    self.init(
      hasBias: numbers[0] == 1,
      rectifies: numbers[1] == 1,
      channels: numbers[3],
      height: numbers[4],
      width: numbers[5],
      filters: numbers[6],
      groups: numbers[7],
      kernel: numbers[8],
      padding: numbers[9],
      stride: numbers[10],
      dilation: numbers[11]
    )
  }

  /// The field that keys of convolutions begin with.
  static let latencyOperator = "conv"

  /// The convolution itself, then without its ReLU, without its bias, and without both.
  var barer: [SquareConvolution] {
    var found: [SquareConvolution] = []
    for (bias, relu) in [
      (hasBias, rectifies), (hasBias, false), (false, rectifies), (false, false),
    ] {
      var other = self
      (other.hasBias, other.rectifies) = (bias, relu)
      if !found.contains(other) { found.append(other) }
    }
    return found
  }
}
