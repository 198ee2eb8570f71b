/// Placeholder family.
package enum Arithmetic {
  static let operators: [Operator] = []
}
