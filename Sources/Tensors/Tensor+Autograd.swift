import CEspalier

extension Tensor {
  /// Whether operators on the tensor are recorded for gradients.
  public var requiresGradient: Bool { unsafe info.flags & ESP_TENSOR_REQUIRES_GRAD != 0 }

  /// Turns recording on or off for a leaf tensor.
  ///
  /// - Parameter on: Whether gradients are wanted.
  /// - Returns: This tensor.
  /// - Throws: ``TensorError`` for integers, and for turning it off on a result.
  @discardableResult
  public func setRequiresGradient(_ on: Bool = true) throws(TensorError) -> Tensor {
    let ops = unsafe try Runtime.ops()
    unsafe try Runtime.check("set_requires_grad") { error in
      unsafe ops.pointee.set_requires_grad(handle, on ? 1 : 0, error)
    }
    return self
  }

  /// The gradient that backward passes have added up in this leaf; nil before the first one.
  public var gradient: Tensor? {
    get throws(TensorError) {
      let ops = unsafe try Runtime.ops()
      var found: OpaquePointer?
      unsafe try Runtime.check("gradient") { error in
        unsafe ops.pointee.gradient(handle, &found, error)
      }
      return unsafe found.map { unsafe Tensor(adopting: $0) }
    }
  }

  /// Replaces the gradient.
  ///
  /// - Parameter gradient: Of this tensor's shape; nil clears it.
  /// - Throws: ``TensorError`` for another shape.
  public func setGradient(_ gradient: Tensor?) throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    unsafe try Runtime.check("set_gradient") { error in
      unsafe ops.pointee.set_gradient(handle, gradient?.handle, error)
    }
    extendLifetime(gradient)
  }

  /// Adds the derivatives of this tensor to the gradients of the leaves that it was computed from.
  ///
  /// - Parameters:
  ///   - gradient: The derivative of the loss with respect to this tensor; nil for a scalar loss.
  ///   - retainingGraph: Whether another backward pass over the same results will follow.
  ///   - creatingGraph: Whether the backward pass itself is recorded.
  /// - Throws: ``TensorError`` if nothing was recorded, or a custom function failed.
  public func backward(
    gradient: Tensor? = nil,
    retainingGraph: Bool = false,
    creatingGraph: Bool = false
  ) throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    unsafe try Runtime.check("backward") { error in
      unsafe withUnsafePointer(to: Optional(handle)) { tensor in
        unsafe withUnsafePointer(to: gradient?.handle) { gradient in
          unsafe ops.pointee.backward(
            tensor,
            gradient,
            1,
            Self.flags(retainingGraph, creatingGraph, false),
            error
          )
        }
      }
    }
    extendLifetime(gradient)
  }

  /// The derivatives of outputs with respect to inputs, which stay out of the inputs' own gradients.
  ///
  /// - Parameters:
  ///   - outputs: Results that were recorded.
  ///   - inputs: Tensors that they were computed from.
  ///   - outputGradients: One for each output; nil where all outputs are scalars.
  ///   - retainingGraph: Whether another backward pass over the same results will follow.
  ///   - creatingGraph: Whether the derivatives can be derived again.
  ///   - allowingUnused: Whether an input that no output depends on gives nil instead of an error.
  /// - Returns: One for each input.
  /// - Throws: ``TensorError`` if nothing was recorded, or an input is unused.
  public static func gradients(
    of outputs: [Tensor],
    withRespectTo inputs: [Tensor],
    outputGradients: [Tensor?]? = nil,
    retainingGraph: Bool = false,
    creatingGraph: Bool = false,
    allowingUnused: Bool = false
  ) throws(TensorError) -> [Tensor?] {
    let ops = unsafe try Runtime.ops()
    let outputHandles = unsafe handles(outputs)
    let inputHandles = unsafe handles(inputs)
    let given = unsafe handles(
      outputs.indices.map { index in
        outputGradients.flatMap { index < $0.count ? $0[index] : nil }
      }
    )
    var made = unsafe [OpaquePointer?](repeating: nil, count: inputs.count)
    let flags = flags(retainingGraph, creatingGraph, allowingUnused)
    unsafe try Runtime.check("grad") { error in
      unsafe outputHandles.withUnsafeBufferPointer { outputs in
        unsafe inputHandles.withUnsafeBufferPointer { inputs in
          unsafe given.withUnsafeBufferPointer { given in
            unsafe made.withUnsafeMutableBufferPointer { made in
              guard let o = outputs.baseAddress, let i = inputs.baseAddress,
                let m = made.baseAddress
              else { return ESP_OK }
              return unsafe ops.pointee.grad(
                o,
                given.baseAddress,
                UInt64(outputs.count),
                i,
                UInt64(inputs.count),
                flags,
                m,
                error
              )
            }
          }
        }
      }
    }
    extendLifetime(outputs)
    extendLifetime(inputs)
    extendLifetime(outputGradients)
    return unsafe made.map { handle in unsafe handle.map { unsafe Tensor(adopting: $0) } }
  }

  /// The same elements outside the recorded graph.
  ///
  /// - Throws: ``TensorError`` from torch.
  public func detached() throws(TensorError) -> Tensor { try ATen.one("detach", self) }

  /// The borrowed handles of tensors that the caller keeps alive.
  @unsafe static func handles(_ tensors: [Tensor?]) -> [OpaquePointer?] {
    unsafe tensors.map { unsafe $0?.handle }
  }

  private static func flags(_ retain: Bool, _ create: Bool, _ unused: Bool) -> esp_flags {
    (retain ? ESP_GRAD_RETAIN_GRAPH : 0) | (create ? ESP_GRAD_CREATE_GRAPH : 0)
      | (unused ? ESP_GRAD_ALLOW_UNUSED : 0)
  }
}
