/// Placeholder family.
package enum Activation {
  static let operators: [Operator] = []
}
