import CEspalier

extension Tensor {
  /// The backward pass of a custom function: derivatives with respect to its outputs in (nil where none arrived),
  /// with respect to its inputs out (nil for none).
  public typealias BackwardPass = @Sendable ([Tensor?]) throws -> [Tensor?]

  /// Connects outputs that were computed without recording to their inputs by a backward pass of one's own.
  ///
  /// - Parameters:
  ///   - outputs: The values, computed in ``withoutGradients(_:)``.
  ///   - inputs: The tensors that gradients flow to.
  ///   - backward: Called once per backward pass, perhaps on a thread of torch's. It gets as many
  ///     gradients as there are outputs and gives as many as there are inputs.
  /// - Returns: The outputs, recorded.
  /// - Throws: ``TensorError`` from torch. What `backward` throws comes out of the backward pass as
  ///   ``TensorError/runtimeFailed(function:status:message:)`` with its text.
  public static func custom(
    outputs: [Tensor],
    inputs: [Tensor],
    backward: @escaping BackwardPass
  ) throws(TensorError) -> [Tensor] {
    let ops = unsafe try Runtime.ops()
    let inputHandles = unsafe handles(inputs)
    let outputHandles = unsafe handles(outputs)
    var made = unsafe [OpaquePointer?](repeating: nil, count: outputs.count)
    let context = unsafe Unmanaged.passRetained(BackwardContext(backward)).toOpaque()
    unsafe try Runtime.check("custom_function") { error in
      unsafe inputHandles.withUnsafeBufferPointer { inputs in
        unsafe outputHandles.withUnsafeBufferPointer { outputs in
          unsafe made.withUnsafeMutableBufferPointer { made in
            guard let i = inputs.baseAddress, let o = outputs.baseAddress,
              let m = made.baseAddress
            else {
              unsafe BackwardContext.drop(context)
              return ESP_OK
            }
            return unsafe ops.pointee.custom_function(
              i,
              UInt64(inputs.count),
              o,
              UInt64(outputs.count),
              BackwardContext.callback,
              context,
              BackwardContext.drop,
              m,
              error
            )
          }
        }
      }
    }
    extendLifetime(inputs)
    extendLifetime(outputs)
    return unsafe made.compactMap { handle in unsafe handle.map { unsafe Tensor(adopting: $0) } }
  }
}

/// Keeps a backward pass for as long as torch may call it.
private final class BackwardContext: Sendable {
  let backward: Tensor.BackwardPass

  init(_ backward: @escaping Tensor.BackwardPass) { self.backward = backward }

  @unsafe static let drop: @convention(c) (UnsafeMutableRawPointer?) -> Void = { context in
    guard let context = unsafe context else { return }
    unsafe Unmanaged<BackwardContext>.fromOpaque(context).release()
  }

  @unsafe static let callback: esp_backward = {
    context,
    gradients,
    gradientCount,
    results,
    resultCount,
    error in
    guard let context = unsafe context else { return ESP_E_INTERNAL }
    let box = unsafe Unmanaged<BackwardContext>.fromOpaque(context).takeUnretainedValue()
    do {
      var given: [Tensor?] = []
      for index in 0..<Int(gradientCount) {
        given.append(unsafe try gradients[index].map { unsafe try Tensor(retaining: $0) })
      }
      let made = try box.backward(given)
      guard made.count == Int(resultCount) else {
        unsafe write("\(made.count) gradients for \(resultCount) inputs", to: error)
        return ESP_E_INVALID_ARGUMENT
      }
      for index in made.indices { unsafe results[index] = unsafe made[index]?.retainedHandle() }
      return ESP_OK
    } catch let failure {
      unsafe write("\(failure)", to: error)
      return ESP_E_INTERNAL
    }
  }

  /// Copies a text, cut to the buffer and closed with NUL.
  @unsafe private static func write(_ text: String, to error: esp_error_text) {
    guard let buffer = unsafe error.buffer, unsafe error.capacity > 0 else { return }
    var count = 0
    for byte in text.utf8 {
      guard unsafe count < Int(error.capacity) - 1 else { break }
      unsafe buffer[count] = CChar(bitPattern: byte)
      count += 1
    }
    unsafe buffer[count] = 0
  }
}
