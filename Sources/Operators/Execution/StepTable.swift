import Tensors

/// The steps of a layout, for each set of values that must be made.
struct StepTable {
  private let layout: Layout
  private let operators: OperatorSet
  private let isFast: Bool
  private let narrow: DType?
  private var table: [Set<String>: [Step]] = [:]

  init(_ layout: Layout, operators: OperatorSet, isFast: Bool, narrow: DType? = nil) {
    self.layout = layout
    self.operators = operators
    self.isFast = isFast
    self.narrow = narrow
  }

  /// The steps that make at least the outputs and the values named.
  mutating func steps(keeping taps: Set<String>) -> [Step] {
    let key = isFast ? taps : []
    if let known = table[key] { return known }
    var fusion = Fusion(layout, operators: operators, taps: taps, narrow: narrow)
    let steps =
      isFast && FusedConvolution.isAvailable ? fusion.steps() : layout.plainSteps(operators)
    table[key] = steps
    return steps
  }
}
