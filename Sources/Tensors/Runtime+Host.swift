import CEspalierRuntime

extension Runtime {
  /// What is known of the runtime that is loaded.
  public struct Description: Sendable, Hashable {
    /// The torch that was loaded: `2.11.0`.
    public let torchVersion: String
    /// The file that its symbols come from; nil where the loader does not say.
    public let torchLibrary: String?
  }

  /// Describes the runtime, loading it at need; nil in a plugin's image, which has only the shared table.
  ///
  /// - Throws: ``TensorError`` if it does not load.
  public static func describe() throws(TensorError) -> Description? {
    guard let host = unsafe try host() else { return nil }
    let version = unsafe host.pointee.loaded_version()
    return Description(
      torchVersion: "\(version >> 16 & 255).\(version >> 8 & 255).\(version & 255)",
      torchLibrary: unsafe host.pointee.torch_library().map { unsafe String(cString: $0) }
    )
  }

  /// Makes CUDA devices usable, by loading libtorch_cuda; does nothing where that is done.
  ///
  /// - Throws: ``TensorError/cudaUnavailable(reason:)`` without a driver or without the library.
  public static func loadCUDA() throws(TensorError) {
    guard let host = unsafe try host() else { return }
    guard let library = unsafe host.pointee.torch_library().map({ unsafe String(cString: $0) }),
      let slash = library.lastIndex(of: "/")
    else { throw .cudaUnavailable(reason: "the folder of libtorch_cpu.so is not known") }
    let path = "\(library[..<slash])/libtorch_cuda.so"
    do throws(TensorError) {
      unsafe try check("load_cuda") { error in unsafe host.pointee.load_cuda(path, error) }
    } catch .runtimeFailed(_, _, let message) {
      throw .cudaUnavailable(reason: message)
    }
  }

  /// The number of CUDA devices; 0 until ``loadCUDA()`` has succeeded.
  ///
  /// - Throws: ``TensorError`` if the runtime does not load.
  public static func cudaDeviceCount() throws(TensorError) -> Int {
    guard let host = unsafe try host() else { return 0 }
    return unsafe Int(host.pointee.cuda_count())
  }
}
