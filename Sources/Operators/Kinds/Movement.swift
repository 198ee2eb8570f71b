/// Placeholder family.
package enum Movement {
  static let operators: [Operator] = []
}
