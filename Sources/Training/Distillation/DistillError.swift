/// Why a student cannot be compared with its teacher.
package enum DistillError: Error, Sendable, Hashable {
  /// A value that a network does not have.
  case unknownValue(String, side: String, model: String, nearest: String?)
  /// Values that find no partner on the other side.
  case unpaired(loss: String, what: String, student: String, teacher: String)
  /// Two values of shapes that cannot be compared.
  case shapes(loss: String, student: String, teacher: String, reason: String)
  /// A loss that moves nothing.
  case dead(loss: String, reason: String)
  /// A strategy that failed while it ran.
  case failed(loss: String, reason: String)
  /// A teacher whose values cannot be kept.
  case uncachable(model: String, value: String, shape: [Int], images: Int)
}

extension DistillError: CustomStringConvertible {
  /// The loss, what was found and the cure.
  package var description: String {
    switch self {
    case .unknownValue(let name, let side, let model, let nearest):
      "the \(side) \(model) has no node and no value '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" }
          ?? "; `espalier inspect` lists the nodes")
    case .unpaired(let loss, let what, let student, let teacher):
      "loss '\(loss)': the \(what) find no partners: the student has \(student), the teacher "
        + "\(teacher); name them in 'taps'"
    case .shapes(let loss, let student, let teacher, let reason):
      "loss '\(loss)': the student's \(student) and the teacher's \(teacher) cannot be compared: "
        + reason
    case .dead(let loss, let reason):
      "loss '\(loss)' moves nothing: \(reason); a term that does nothing is left out of the recipe"
    case .failed(let loss, let reason): "loss '\(loss)': \(reason)"
    case .uncachable(let model, let value, let shape, let images):
      "the teacher \(model) makes '\(value)' as \(shape), which is not one part for each of "
        + "\(images) images: leave out 'teacher_cache'"
    }
  }
}
