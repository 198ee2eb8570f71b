import Glibc
import Synchronization
import Tensors
import Testing

struct RuntimeTests {
  @Test func `describes the torch that it loaded`() throws {
    let found = try #require(try Runtime.describe())
    #expect(found.torchVersion.hasPrefix("2.11."))
    #expect(found.torchLibrary?.hasSuffix("libtorch_cpu.so") == true)
    #expect(Runtime.isLoaded)
  }

  @Test func `repeats random numbers by seed`() throws {
    func draw() throws -> [Float] {
      try Runtime.seed(7)
      return try ATen.one("rand", "", [4]).floats()
    }
    #expect(try draw() == draw())
  }

  @Test func `sets threads`() throws {
    let before = try Runtime.threadCount()
    #expect(before >= 1)
    try Runtime.setThreadCount(1)
    #expect(try Runtime.threadCount() == 1)
    try Runtime.setThreadCount(before)
    #expect(throws: TensorError.self) { try Runtime.setThreadCount(0) }
    #expect(try Runtime.interopThreadCount() >= 1)
  }

  @Test func `runs every piece of concurrent work once, on as many threads as operators use`()
    throws
  {
    let before = try Runtime.threadCount()
    defer { try? Runtime.setThreadCount(before) }
    try Runtime.setThreadCount(2)
    let seen = Mutex<[Int: pthread_t]>([:])
    let sums = Mutex<[Int: Float]>([:])
    try Runtime.concurrently(5) { piece in
      let sum = try ATen.one(
        "sum",
        "",
        Tensor([Float](repeating: Float(piece), count: 4), shape: [4])
      )
      try sums.withLock { $0[piece, default: 0] += try sum.floats()[0] }
      seen.withLock { $0[piece] = pthread_self() }
    }
    #expect(sums.withLock { $0 } == [0: 0, 1: 4, 2: 8, 3: 12, 4: 16])
    let threads = seen.withLock { $0 }
    #expect(Set(threads.values).count == 2)
    #expect(threads[0] == pthread_self())
  }

  @Test func `an error of concurrent work comes out, and the other pieces are done`() throws {
    let done = Mutex<Set<Int>>([])
    #expect(throws: CancellationError.self) {
      try Runtime.concurrently(4) { piece in
        guard piece != 1 else { throw CancellationError() }
        done.withLock { _ = $0.insert(piece) }
      }
    }
    #expect(done.withLock { $0 } == [0, 2, 3])
  }

  @Test func `counts memory of the process`() throws {
    let memory = try Runtime.memory()
    #expect(memory.held > 0)
    #expect(memory.heldPeak >= memory.held / 2)
    #expect(memory.total >= memory.available)
  }

  @Test func `times events on the CPU`() throws {
    let start = try Event(on: .cpu, timing: true)
    let end = try Event(on: .cpu, timing: true)
    #expect(throws: TensorError.self) { _ = try start.milliseconds(to: end) }
    try start.record()
    try end.record()
    try end.synchronize()
    #expect(try start.milliseconds(to: end) >= 0)
    #expect(try unsafe Device.cpu.currentStream() == nil)
    try Device.cpu.synchronize()
  }

  @Test func `says that CUDA is not there, or uses it`() throws {
    do {
      try Runtime.loadCUDA()
      #expect(try Runtime.cudaDeviceCount() >= 0)
    } catch {
      #expect("\(error)".hasPrefix("CUDA cannot be used: "))
      #expect(try Runtime.cudaDeviceCount() == 0)
      let memory = #expect(throws: TensorError.self) { _ = try Runtime.memory(of: .cuda(0)) }
      #expect("\(try #require(memory))".contains("CUDA is not loaded"))
    }
  }

  @Test func `reads device names`() {
    #expect(Device("cpu") == .cpu)
    #expect(Device("cuda") == .cuda(0))
    #expect(Device("cuda:3") == .cuda(3))
    #expect(Device("cuda:-1") == nil)
    #expect(Device("gpu") == nil)
    #expect("\(Device.cuda(2))" == "cuda:2")
  }
}
