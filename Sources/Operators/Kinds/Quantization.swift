/// Placeholder family.
package enum Quantization {
  static let operators: [Operator] = []
}
