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
