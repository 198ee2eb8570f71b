/// Placeholder family.
package enum Loss {
  static let operators: [Operator] = []
}
