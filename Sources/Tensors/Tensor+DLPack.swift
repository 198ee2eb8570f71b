import CEspalier

/// The two structs that DLPack has had.
public enum DLPackVersion: Sendable, Hashable {
  /// `DLManagedTensor`, before version 1.
  case legacy
  /// `DLManagedTensorVersioned`.
  case one
}

extension Tensor {
  /// Hands the tensor's memory to another library, without its record for gradients.
  ///
  /// - Parameter version: Which struct to make.
  /// - Returns: The struct; whoever takes it calls its deleter once.
  /// - Throws: ``TensorError`` for a tensor without memory of its own.
  @unsafe public func dlpack(
    _ version: DLPackVersion = .one
  ) throws(TensorError) -> UnsafeMutableRawPointer {
    let ops = unsafe try Runtime.ops()
    var made: UnsafeMutableRawPointer?
    unsafe try Runtime.check("to_dlpack") { error in
      unsafe ops.pointee.to_dlpack(handle, version.flags, &made, error)
    }
    guard let made = unsafe made else {
      throw .runtimeFailed(
        function: "to_dlpack",
        status: ESP_E_INTERNAL,
        message: "it gave no struct"
      )
    }
    return unsafe made
  }

  /// Takes memory over from another library, without a copy.
  ///
  /// - Parameters:
  ///   - managed: The struct; its deleter runs when torch drops the memory, or at once on failure.
  ///   - version: Which struct it is.
  /// - Throws: ``TensorError`` for a major version, device or type that torch does not know.
  @unsafe public convenience init(
    dlpack managed: UnsafeMutableRawPointer,
    _ version: DLPackVersion = .one
  ) throws(TensorError) {
    let ops = unsafe try Runtime.ops()
    var made: OpaquePointer?
    unsafe try Runtime.check("from_dlpack") { error in
      unsafe ops.pointee.from_dlpack(managed, version.flags, &made, error)
    }
    unsafe try self.init(result: made, of: "from_dlpack")
  }
}

extension DLPackVersion {
  fileprivate var flags: esp_flags { self == .one ? ESP_DLPACK_VERSIONED : 0 }
}
