/// Placeholder family.
package enum Control {
  static let operators: [Operator] = []
}
