import CEspalier
import CEspalierRuntime
import Glibc

extension Runtime {
  /// Memory of a device or of the process, in bytes.
  public struct MemoryStatistics: Sendable, Hashable {
    /// In live tensors; on the CPU, in the process' heap.
    public let allocated: Int
    /// The most of that since the last reset; 0 on the CPU, where it is not counted.
    public let allocatedPeak: Int
    /// Taken from the device; on the CPU, resident memory.
    public let held: Int
    /// The most of that since the last reset.
    public let heldPeak: Int
    /// Free on the device or the machine.
    public let available: Int
    /// All of the device or the machine.
    public let total: Int
  }

  /// Memory figures of `device`.
  ///
  /// - Throws: ``TensorError`` if the runtime or the device is not there.
  public static func memory(of device: Device = .cpu) throws(TensorError) -> MemoryStatistics {
    let ops = unsafe try ops()
    var stats = esp_memory_stats()
    stats.struct_size = UInt32(MemoryLayout<esp_memory_stats>.size)
    unsafe try check("memory_stats") { error in
      unsafe ops.pointee.memory_stats(device.kind.rawValue, Int32(device.index), &stats, error)
    }
    return MemoryStatistics(
      allocated: Int(stats.allocated),
      allocatedPeak: Int(stats.allocated_peak),
      held: Int(stats.held),
      heldPeak: Int(stats.held_peak),
      available: Int(stats.available),
      total: Int(stats.total)
    )
  }

  /// Starts the peak figures of `device` again.
  ///
  /// - Throws: ``TensorError`` if the device is not there, or the kernel does not allow it.
  public static func resetMemoryPeak(of device: Device = .cpu) throws(TensorError) {
    let ops = unsafe try ops()
    unsafe try check("reset_memory_peak") { error in
      unsafe ops.pointee.reset_memory_peak(device.kind.rawValue, Int32(device.index), error)
    }
  }

  /// Gives memory that is held but not used back to the devices of a kind.
  ///
  /// - Throws: ``TensorError`` if the device is not there.
  public static func emptyCache(of kind: Device.Kind) throws(TensorError) {
    let ops = unsafe try ops()
    unsafe try check("empty_cache") { error in
      unsafe ops.pointee.empty_cache(kind.rawValue, error)
    }
  }

  /// Seeds torch's generators of every device.
  ///
  /// - Throws: ``TensorError`` if the runtime does not load.
  public static func seed(_ seed: UInt64) throws(TensorError) {
    let ops = unsafe try ops()
    unsafe try check("seed") { error in unsafe ops.pointee.seed(seed, error) }
  }

  /// The threads that one operator uses on the CPU.
  ///
  /// - Throws: ``TensorError`` if the runtime does not load.
  public static func threadCount() throws(TensorError) -> Int {
    unsafe Int(try ops().pointee.threads())
  }

  /// Sets the threads that one operator uses on the CPU.
  ///
  /// - Throws: ``TensorError`` for a count below 1.
  public static func setThreadCount(_ count: Int) throws(TensorError) {
    let ops = unsafe try ops()
    unsafe try check("set_threads") { error in
      unsafe ops.pointee.set_threads(Int32(clamping: count), error)
    }
  }

  /// The threads over which torch spreads independent operators.
  ///
  /// - Throws: ``TensorError`` if the runtime does not load.
  public static func interopThreadCount() throws(TensorError) -> Int {
    unsafe Int(try ops().pointee.interop_threads())
  }

  /// Sets the threads over which torch spreads independent operators.
  ///
  /// - Throws: ``TensorError`` after the first parallel work.
  public static func setInteropThreadCount(_ count: Int) throws(TensorError) {
    let ops = unsafe try ops()
    unsafe try check("set_interop_threads") { error in
      unsafe ops.pointee.set_interop_threads(Int32(clamping: count), error)
    }
  }

  /// Whether operators on this thread are recorded for gradients.
  ///
  /// - Throws: ``TensorError`` if the runtime does not load.
  public static func isRecording() throws(TensorError) -> Bool {
    unsafe try ops().pointee.is_recording() != 0
  }

  /// Prepares the process for long work on the CPU beside other threads; only before the runtime is loaded.
  ///
  /// Torch's threads then sleep soon while they wait for each other, in place of keeping a core that the threads which
  /// decode images, or other programs, could use. What the user has set (`OMP_WAIT_POLICY`, `GOMP_SPINCOUNT`) stays.
  package static func prepareForLongWork() {
    guard !isLoaded else { return }
    if unsafe getenv("OMP_WAIT_POLICY") == nil { unsafe setenv("GOMP_SPINCOUNT", "1000", 0) }
  }
}
