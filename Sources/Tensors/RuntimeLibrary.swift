import CEspalier
import CEspalierRuntime
import Glibc

/// Loads libtorch by absolute path and then the runtime, which resolves against it.
enum RuntimeLibrary {
  /// Loads both.
  ///
  /// - Throws: ``TensorError`` for what is missing, of another version, or refused by the loader.
  @unsafe static func load(
    from locations: RuntimeLocations
  ) throws(TensorError) -> UnsafePointer<esp_runtime_table> {
    guard let root = locations.torchRoots.first(where: { isReadable("\($0)/lib/libtorch_cpu.so") })
    else { throw .torchNotFound(searched: locations.torchRoots) }
    if let version = packageVersion(of: root), !isSupported(version) {
      throw .torchVersion(found: version, path: root)
    }
    guard let path = locations.runtimes.first(where: isReadable) else {
      throw .runtimeNotFound(searched: locations.runtimes)
    }
    spinLess()
    // By absolute path and first, so that the runtime's own need for libtorch_cpu.so is already met.
    let library = "\(root)/lib/libtorch_cpu.so"
    _ = unsafe try open(library, RTLD_NOW | RTLD_GLOBAL)
    let runtime = unsafe try open(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)
    let table = unsafe try table(of: runtime, at: path)
    unsafe try verify(table, at: path, library: library)
    return unsafe table
  }

  /// Lets libtorch's OpenMP threads wait for about 0.1 ms before they sleep, unless the user says otherwise.
  ///
  /// By default they spin for milliseconds. Where another process wants the core, each of a network's operators then waits
  /// for a whole time slice: a small detector took seconds in place of 20 ms. libgomp reads this once, when it is loaded.
  private static func spinLess() {
    guard unsafe getenv("OMP_WAIT_POLICY") == nil else { return }
    _ = unsafe setenv("GOMP_SPINCOUNT", "10000", 0)
  }

  @unsafe private static func open(
    _ path: String,
    _ flags: Int32
  ) throws(TensorError) -> UnsafeMutableRawPointer {
    if let handle = unsafe dlopen(path, flags) { return unsafe handle }
    let reason = unsafe dlerror().map { unsafe String(cString: $0) }
    throw .notLoadable(path: path, reason: reason ?? "the loader gave no reason")
  }

  @unsafe private static func table(
    of handle: UnsafeMutableRawPointer,
    at path: String
  ) throws(TensorError) -> UnsafePointer<esp_runtime_table> {
    typealias Entry = @convention(c) () -> UnsafePointer<esp_runtime_table>
    guard let symbol = unsafe dlsym(handle, ESP_RUNTIME_SYMBOL) else {
      throw .notLoadable(path: path, reason: "it has no symbol \(ESP_RUNTIME_SYMBOL)")
    }
    return unsafe unsafeBitCast(symbol, to: Entry.self)()
  }

  @unsafe private static func verify(
    _ table: UnsafePointer<esp_runtime_table>,
    at path: String,
    library: String
  ) throws(TensorError) {
    let size = unsafe Int(table.pointee.struct_size)
    let expected = unsafe MemoryLayout<esp_runtime_table>.size
    guard size >= expected, unsafe table.pointee.revision == ESP_RUNTIME_REVISION else {
      throw .runtimeMismatch(path: path, found: "\(size) bytes", expected: "\(expected) bytes")
    }
    // A copy of libtorch that was there before would have been taken instead of ours.
    if let found = unsafe table.pointee.torch_library() {
      let used = realPath(unsafe String(cString: found))
      guard used == realPath(library) else {
        throw .foreignTorch(expected: library, found: used)
      }
    }
    let loaded = unsafe table.pointee.loaded_version()
    let version =
      "\(loaded >> 16 & 255).\(loaded >> 8 & 255).\(loaded & 255)"
    guard isSupported(version) else { throw .torchVersion(found: version, path: library) }
  }

  private static func isSupported(_ version: String) -> Bool {
    version == RuntimeLocations.version || version.hasPrefix(RuntimeLocations.version + ".")
  }

  private static func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

  private static func realPath(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// The version that a torch package states in `version.py` (`__version__ = '2.11.0+cu130'`); nil without one.
  static func packageVersion(of root: String) -> String? {
    guard let file = unsafe fopen("\(root)/version.py", "re") else { return nil }
    defer { unsafe fclose(file) }
    let text = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { buffer in
      let count = unsafe fread(buffer.baseAddress, 1, buffer.count, file)
      return unsafe String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    for line in text.split(separator: "\n") where line.hasPrefix("__version__") {
      let quoted = line.split(omittingEmptySubsequences: false) { $0 == "'" || $0 == "\"" }
      if quoted.count >= 2 { return String(quoted[1]) }
    }
    return nil
  }
}
