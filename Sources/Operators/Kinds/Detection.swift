/// Placeholder family.
package enum Detection {
  static let operators: [Operator] = []
}
