/// Placeholder family.
package enum Linear {
  static let operators: [Operator] = []
}
