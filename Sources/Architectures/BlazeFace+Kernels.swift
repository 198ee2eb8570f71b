extension BlazeFace {
  /// What BlazeBlocks look by.
  package enum Kernels: Sendable, Hashable, CaseIterable {
    /// 5×5, as published: the second look of a double block is over all channels at once, since its groups were forgotten.
    case fiveByFive
    /// 5×5, each channel by itself: the published networks with the second look repaired.
    case groupedFiveByFive
    /// Each 5×5 convolution as two of 3×3, each channel by itself, the second with the stride.
    case threeByThree
  }
}
