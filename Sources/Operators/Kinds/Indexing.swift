/// Placeholder family.
package enum Indexing {
  static let operators: [Operator] = []
}
