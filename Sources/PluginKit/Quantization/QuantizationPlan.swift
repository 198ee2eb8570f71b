/// What a quantizer decided, as a printable value.
public struct QuantizationPlan: Sendable, Hashable, Codable {
  /// How scales of activations move while the network trains.
  public enum Training: Sendable, Hashable, Codable {
    /// They follow an average of batches' maxima that keeps `rate` of the past.
    case movingAverage(rate: Double)
    /// They are the greatest of the last `window` batches' maxima.
    case range(window: Int)
    /// They are the batch's maximum.
    case batch
    /// They are trained with the weights, at `share` of the learning rate.
    case learned(share: Double)
  }

  /// What the quantized network must reach; the layers that lose most stay float, one more at a time, until it does.
  public struct Goal: Sendable, Hashable, Codable {
    /// How far its metric may lie below the float network's, both from 0 to 1.
    public var metricDrop: Double?
    /// The least signal by noise of every output beside the float network's, in decibels.
    public var leastDecibels: Double?
    /// How many layers may become float for it; `nil` for all but one.
    public var mostFloat: Int?

    /// A goal.
    public init(
      metricDrop: Double? = nil,
      leastDecibels: Double? = nil,
      mostFloat: Int? = nil
    ) {
      self.metricDrop = metricDrop
      self.leastDecibels = leastDecibels
      self.mostFloat = mostFloat
    }
  }

  /// Indices of tensors that stay float: a weight's layer, or an activation's readers.
  public var leftFloat: Set<Int>
  /// Whether the ranges of channels are evened out between layers first.
  public var equalizes: Bool
  /// Whether biases are moved by the mean error of rounding.
  public var correctsBiases: Bool
  /// Whether weights are rounded by what the layer's result loses.
  public var learnsRounding: Bool
  /// How many images biases are moved and rounding is learned by, at most.
  public var tuningImages: Int
  /// Steps in which the rounding of one layer is learned.
  public var roundingIterations: Int
  /// What must be reached by leaving layers float; `nil` where all that may be quantized is.
  public var goal: Goal?
  /// Whether training follows, and how scales move in it.
  public var training: Training?
  /// The place, among the strategy's parameters, of the one whose other choices are all tried; `nil` where nothing is.
  ///
  /// The choice whose outputs lie nearest the float network's is kept. Each choice is an instance of its own that gives ranges; this plan is everyone's.
  public var tried: Int?

  /// A plan.
  public init(
    leftFloat: Set<Int> = [],
    equalizes: Bool = false,
    correctsBiases: Bool = false,
    learnsRounding: Bool = false,
    tuningImages: Int = 32,
    roundingIterations: Int = 1000,
    goal: Goal? = nil,
    training: Training? = nil,
    tried: Int? = nil
  ) {
    self.leftFloat = leftFloat
    self.equalizes = equalizes
    self.correctsBiases = correctsBiases
    self.learnsRounding = learnsRounding
    self.tuningImages = tuningImages
    self.roundingIterations = roundingIterations
    self.goal = goal
    self.training = training
    self.tried = tried
  }
}
