// Texts that stay the same whatever the types are called: digests of them stand in checkpoints.

extension DistillSettings.Stage {
  /// Step and factor.
  var stated: String { "Compression.DistillSettings.Stage(step: \(step), factor: \(factor))" }
}

extension TapPairing.Pair {
  /// Both names, the stride and the channels.
  var stated: String {
    let stride = stride.map { "Optional(\($0))" } ?? "nil"
    let channels = channels.map { "Optional(\($0.stated))" } ?? "nil"
    return "Compression.TapPairing.Pair(student: \(student.debugDescription), "
      + "teacher: \(teacher.debugDescription), stride: \(stride), channels: \(channels))"
  }
}

extension TapPairing.Channels {
  fileprivate var stated: String {
    "Compression.TapPairing.Channels(student: \(student), teacher: \(teacher))"
  }
}
