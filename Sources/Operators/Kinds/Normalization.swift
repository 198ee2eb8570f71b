/// Placeholder family.
package enum Normalization {
  static let operators: [Operator] = []
}
