/// Placeholder family.
package enum Comparison {
  static let operators: [Operator] = []
}
