/// Placeholder family.
package enum Generation {
  static let operators: [Operator] = []
}
