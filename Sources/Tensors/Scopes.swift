import CEspalier

// Modes belong to the thread in libtorch, so each scope is a synchronous call.

/// Runs `body` without recording for gradients.
///
/// - Throws: ``TensorError`` if the runtime does not load, or what `body` throws.
public func withoutGradients<Result>(_ body: () throws -> Result) throws -> Result {
  try withScope(ESP_SCOPE_NO_GRAD, body)
}

/// Runs `body` with recording, within a ``withoutGradients(_:)``.
///
/// - Throws: ``TensorError`` if the runtime does not load, or what `body` throws.
public func withGradients<Result>(_ body: () throws -> Result) throws -> Result {
  try withScope(ESP_SCOPE_ENABLE_GRAD, body)
}

/// Runs `body` in torch's inference mode: nothing is recorded, and its tensors can never be.
///
/// - Throws: ``TensorError`` if the runtime does not load, or what `body` throws.
public func withInferenceMode<Result>(_ body: () throws -> Result) throws -> Result {
  try withScope(ESP_SCOPE_INFERENCE, body)
}

/// Runs `body` with the operators that gain from it computing in a narrower type.
///
/// - Parameters:
///   - dtype: `bfloat16` or `float16`; nil turns autocast off.
///   - kind: The kind of device that it holds for.
///   - body: What to run.
/// - Returns: What `body` returns.
/// - Throws: ``TensorError`` if the runtime does not load, or what `body` throws.
public func withAutocast<Result>(
  to dtype: DType?,
  on kind: Device.Kind,
  _ body: () throws -> Result
) throws -> Result {
  try withScope(
    dtype == nil ? ESP_SCOPE_NO_AUTOCAST : ESP_SCOPE_AUTOCAST,
    kind: kind,
    dtype: dtype ?? .bfloat16,
    body
  )
}

private func withScope<Result>(
  _ scope: UInt32,
  kind: Device.Kind = .cpu,
  dtype: DType = .float32,
  _ body: () throws -> Result
) throws -> Result {
  let ops = unsafe try Runtime.ops()
  var opened: OpaquePointer?
  unsafe try Runtime.check("begin_scope") { error in
    unsafe ops.pointee.begin_scope(scope, kind.rawValue, dtype.torchCode, &opened, error)
  }
  defer { unsafe ops.pointee.end_scope(opened) }
  return try body()
}
