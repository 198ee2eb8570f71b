import PluginKit

/// The values to choose from, as one or the other edition of the benchmark lists them.
enum Edition: String, ParameterChoice {
  /// 23,514,624 networks.
  case full
  /// 8,957,952 networks, whose convolutions a table of latencies can list: no 20 channels at high resolution, 3×3 kernels.
  case small

  /// Filters of the first convolution.
  var first: [Int] { self == .full ? [4, 8, 12, 16, 20, 24, 32] : [4, 8, 12, 16, 24, 32] }
  /// Channels of single blocks.
  var single: [Int] {
    self == .full ? [8, 12, 16, 20, 24, 32, 40, 48, 64] : [8, 12, 16, 24, 32, 40, 48, 64]
  }
  /// Channels of double blocks.
  var double: [Int] { [8, 12, 16, 24, 32, 40, 48, 64, 72, 80, 88, 96] }
  /// Channels between the two halves of double blocks.
  var middle: [Int] { [8, 12, 16, 20, 24, 32] }
  /// The sides of the blocks' kernels.
  var kernel: [Int] { self == .full ? [3, 5] : [3] }
}
