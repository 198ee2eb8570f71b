package import Graphs

/// Where a layer's weight and bias stand among its inputs, and which of the weight's axes is which.
///
/// Whatever prunes, trains, quantizes or counts layers asks an operator for its layout, and knows no operator by name.
package struct WeightLayout: Sendable, Hashable {
  /// What a layer does with its weight.
  package enum Form: Sendable, Hashable {
    /// Slides it over the map in input 0; channels lie along axis 1.
    case convolution
    /// Spreads each place of a map by it; channels lie along axis 1.
    case transposedConvolution
    /// As `convolution`, at places that are computed.
    case deformableConvolution
    /// Multiplies rows by a matrix; channels lie along the last axis.
    case product

    /// Whether the result is a linear function of what the layer reads.
    package var isLinear: Bool { self != .deformableConvolution }
  }

  package let form: Form
  /// The weight's input.
  package let weight: Int
  /// The bias's input; nil where the operator takes none.
  package let bias: Int?
  /// Whether the weight may be input 0 as well.
  package let isOnEitherSide: Bool
  /// The weight's axes where no attribute swaps them.
  private let plainOutputAxis: Int
  private let plainInputAxis: Int
  private let attributes: Attributes

  /// The names of attributes that say more; nil where the operator has none of the kind.
  package struct Attributes: Sendable, Hashable {
    /// The number of groups, by which axis 1 of the weight is divided.
    package var groups: String?
    /// Not 0 where the weight's axes are swapped.
    package var swapsWeight: String?
    /// Not 0 where the axes of input 0 are swapped.
    package var swapsInput: String?
    /// What the product is multiplied by.
    package var factor: String?
    /// What the bias is multiplied by.
    package var biasFactor: String?

    package init(
      groups: String? = nil,
      swapsWeight: String? = nil,
      swapsInput: String? = nil,
      factor: String? = nil,
      biasFactor: String? = nil
    ) {
      self.groups = groups
      self.swapsWeight = swapsWeight
      self.swapsInput = swapsInput
      self.factor = factor
      self.biasFactor = biasFactor
    }
  }

  /// States a layout.
  ///
  /// - Parameters:
  ///   - form: what the layer does with its weight.
  ///   - weight: the weight's input.
  ///   - bias: the bias's input.
  ///   - outputAxis: the weight's axis of output channels.
  ///   - inputAxis: the weight's axis of input channels.
  ///   - isOnEitherSide: whether the weight may be input 0 as well.
  ///   - attributes: the names of attributes that say more.
  package init(
    _ form: Form,
    weight: Int = 1,
    bias: Int? = nil,
    outputAxis: Int,
    inputAxis: Int,
    isOnEitherSide: Bool = false,
    attributes: Attributes = Attributes()
  ) {
    self.form = form
    self.weight = weight
    self.bias = bias
    self.isOnEitherSide = isOnEitherSide
    plainOutputAxis = outputAxis
    plainInputAxis = inputAxis
    self.attributes = attributes
  }
}

extension WeightLayout {
  /// The groups that a node's channels are divided into.
  package func groups(_ node: Node) -> Int {
    attributes.groups.map { node.int($0, default: 1) } ?? 1
  }

  /// A node with another number of groups; one without groups stays as it is.
  package func regrouped(_ node: Node, groups: Int) -> Node {
    guard let name = attributes.groups else { return node }
    var node = node
    node.attributes[name] = .int(groups)
    return node
  }

  /// The weight's axis along which output channels lie.
  ///
  /// - Parameters:
  ///   - node: the node that reads the weight.
  ///   - rank: the weight's.
  /// - Returns: nil where the weight is none of the form, or the axis holds the channels of one group alone.
  package func outputAxis(_ node: Node, rank: Int) -> Int? {
    guard form == .product ? rank == 2 : rank > 2 else { return nil }
    let axis = isSwapped(node) ? plainInputAxis : plainOutputAxis
    return axis == 0 || groups(node) == 1 ? axis : nil
  }

  /// The weight's axis along which input channels lie, those of one group where it is axis 1.
  package func inputAxis(_ node: Node) -> Int {
    isSwapped(node) ? plainOutputAxis : plainInputAxis
  }

  /// The axis of the result along which channels lie.
  package func resultAxis(rank: Int) -> Int { form == .product ? rank - 1 : 1 }

  /// Whether each channel makes channels of its own and reads no others, by the shape of the weight.
  package func isDepthwise(_ node: Node, weight shape: [Int]) -> Bool {
    let (groups, axis) = (groups(node), inputAxis(node))
    guard groups > 1, shape.count > 1 else { return false }
    return shape[axis] == (axis == 0 ? groups : 1)
  }

  /// Whether the result is the product and the bias as they are, without factors, and input 0 is read as it lies.
  package func isPlain(_ node: Node) -> Bool {
    let factor = attributes.factor.map { node.float($0, default: 1) } ?? 1
    let swapsInput = attributes.swapsInput.map { node.int($0, default: 0) != 0 } ?? false
    return factor == 1 && biasFactor(node) == 1 && !swapsInput
  }

  /// What the bias is multiplied by.
  package func biasFactor(_ node: Node) -> Float {
    attributes.biasFactor.map { node.float($0, default: 1) } ?? 1
  }

  /// What an input holds that training changes.
  package func role(of input: Int) -> ParameterRole? {
    if input == weight || isOnEitherSide && input == 0 { return .weight }
    return input == bias ? .bias : nil
  }

  private func isSwapped(_ node: Node) -> Bool {
    attributes.swapsWeight.map { node.int($0, default: 0) != 0 } ?? false
  }
}
