/// Placeholder family.
package enum Convolution {
  static let operators: [Operator] = []
}
