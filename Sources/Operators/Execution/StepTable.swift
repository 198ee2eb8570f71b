import Tensors

/// The steps of a layout, for each set of values that must be made.
struct StepTable {
  private let layout: Layout
  private let operators: OperatorSet
  private let fusing: Fusing
  private let narrow: DType?
  private var table: [Set<String>: [Step]] = [:]

  /// What executes as one.
  enum Fusing {
    case nothing
    /// Batch norms with their activation, with a backward pass.
    case training
    /// All that oneDNN has.
    case everything
  }

  init(_ layout: Layout, operators: OperatorSet, fusing: Fusing, narrow: DType? = nil) {
    self.layout = layout
    self.operators = operators
    self.fusing = fusing
    self.narrow = narrow
  }

  /// The steps that make at least the outputs and the values named.
  mutating func steps(keeping taps: Set<String>) -> [Step] {
    let key = fusing == .nothing ? [] : taps
    if let known = table[key] { return known }
    var fusion = Fusion(layout, operators: operators, taps: taps, narrow: narrow)
    let steps =
      switch fusing {
      case .training: fusion.trainingSteps()
      case .everything where FusedConvolution.isAvailable: fusion.steps()
      case .everything, .nothing: layout.plainSteps(operators)
      }
    table[key] = steps
    return steps
  }
}
