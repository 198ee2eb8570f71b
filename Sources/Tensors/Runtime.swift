public import CEspalier
import CEspalierRuntime
import Synchronization

/// The shared runtime of this process: libtorch behind the table `esp.ops/1`.
///
/// The host's image finds and loads it when the first tensor is made; a plugin's image is handed the host's table.
/// The pointer to that table is the one thing that an image keeps globally: it never changes once it is set.
public enum Runtime: Sendable {
  /// Addresses of the table and of the host's private one, 0 until set.
  private static let opsAddress = Atomic<UInt>(0)
  private static let hostAddress = Atomic<UInt>(0)
  private static let loading = Mutex<Void>(())

  /// Whether tensors can be made without loading anything first.
  public static var isLoaded: Bool { opsAddress.load(ordering: .acquiring) != 0 }

  /// Uses the host's table in this image; a second call is ignored.
  ///
  /// - Parameter table: The table `esp.ops/1`, alive as long as the process.
  /// - Throws: ``TensorError/runtimeMismatch(path:found:expected:)`` if it ends before this image's
  ///   first version of it.
  @unsafe public static func install(_ table: UnsafePointer<esp_ops_v1>) throws(TensorError) {
    let found = unsafe Int(table.pointee.struct_size)
    guard found >= MemoryLayout<esp_ops_v1>.size else {
      throw .runtimeMismatch(
        path: "table esp.ops/1",
        found: "\(found) bytes",
        expected: "\(MemoryLayout<esp_ops_v1>.size) bytes"
      )
    }
    _ = opsAddress.compareExchange(
      expected: 0,
      desired: UInt(bitPattern: table),
      ordering: .acquiringAndReleasing
    )
  }

  /// Loads libtorch and the runtime unless that has happened.
  ///
  /// - Throws: ``TensorError`` that names what was not found and where.
  public static func load() throws(TensorError) {
    _ = unsafe try ops()
  }

  /// The table, loaded on the first call.
  @unsafe package static func ops() throws(TensorError) -> UnsafePointer<esp_ops_v1> {
    if let table = unsafe loadedOps { return unsafe table }
    let outcome = loading.withLock { _ -> Result<Void, TensorError> in
      guard !isLoaded else { return .success(()) }
      do throws(TensorError) {
        let host = unsafe try RuntimeLibrary.load(from: .current())
        unsafe try install(host.pointee.ops)
        hostAddress.store(UInt(bitPattern: host), ordering: .releasing)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
    guard let table = unsafe loadedOps else {
      throw .runtimeNotFound(searched: [])
    }
    return unsafe table
  }

  /// The table where it is loaded: always, while a tensor exists.
  @unsafe static var loadedOps: UnsafePointer<esp_ops_v1>? {
    unsafe UnsafePointer(bitPattern: opsAddress.load(ordering: .acquiring))
  }

  /// The host's private table; nil in a plugin's image.
  @unsafe static func host() throws(TensorError) -> UnsafePointer<esp_runtime_table>? {
    _ = unsafe try ops()
    return unsafe UnsafePointer(bitPattern: hostAddress.load(ordering: .acquiring))
  }

  /// Runs a function of the runtime, turning its status and text into an error.
  @inline(__always)
  static func check(
    _ function: StaticString,
    _ body: (esp_error_text) -> esp_status
  ) throws(TensorError) {
    let message: (esp_status, String)? = unsafe withUnsafeTemporaryAllocation(
      of: CChar.self,
      capacity: 1024
    ) { buffer in
      unsafe buffer[0] = 0
      let status = unsafe body(esp_error_text(buffer: buffer.baseAddress, capacity: 1024))
      return unsafe status == ESP_OK ? nil : (status, firstLine(buffer))
    }
    if let (status, text) = message {
      throw .runtimeFailed(function: "\(function)", status: status, message: text)
    }
  }

  /// The first line of a NUL-terminated message.
  @unsafe static func firstLine(_ buffer: UnsafeMutableBufferPointer<CChar>) -> String {
    let bytes = unsafe UnsafeRawBufferPointer(buffer).prefix { $0 != 0 && $0 != 0x0A }
    return unsafe String(decoding: bytes, as: UTF8.self)
  }
}
