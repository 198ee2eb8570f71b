/// Placeholder family.
package enum Reduction {
  static let operators: [Operator] = []
}
