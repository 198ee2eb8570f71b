/// What holds of an operator, for those who must know no more of it.
package struct OperatorTraits: OptionSet, Sendable, Hashable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The sum of two inputs, which broadcast.
  package static let adds = OperatorTraits(rawValue: 1 << 0)
  /// Cuts off what lies beyond bounds, and passes the rest on as it is.
  package static let clips = OperatorTraits(rawValue: 1 << 1)
  /// Makes shares, which are positive and come to 1.
  package static let distributes = OperatorTraits(rawValue: 1 << 2)
  /// Draws from torch's generator while a network trains.
  package static let drawsRandom = OperatorTraits(rawValue: 1 << 3)
  /// A function f of input 0 with f(s · x) = s · f(x) for s > 0.
  package static let homogeneous = OperatorTraits(rawValue: 1 << 4)
  /// The greater of input 0 and 0.
  package static let rectifies = OperatorTraits(rawValue: 1 << 5)
  /// Inputs behind the first say what to do, rather than hold what was trained.
  package static let isSteered = OperatorTraits(rawValue: 1 << 6)
  /// 1 / (1 + exp(-x)) of each element: a probability of a logit.
  package static let isLogistic = OperatorTraits(rawValue: 1 << 7)
}
