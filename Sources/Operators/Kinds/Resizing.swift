/// Placeholder family.
package enum Resizing {
  static let operators: [Operator] = []
}
