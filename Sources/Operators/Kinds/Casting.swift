/// Placeholder family.
package enum Casting {
  static let operators: [Operator] = []
}
