/// Placeholder family.
package enum Pooling {
  static let operators: [Operator] = []
}
