extension Check {
  /// What is demanded of plain C functions beside the rest.
  static let function: [Check] = []
}
