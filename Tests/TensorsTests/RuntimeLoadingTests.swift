import Foundation
import Tensors
import Testing

/// Each test starts a process of its own, since a runtime is loaded once and for ever.
struct RuntimeLoadingTests {
  @Test func `looks where the environment says`() {
    let named = RuntimeLocations(
      environment: { ["ESPALIER_TORCH": "/t", "ESPALIER_RUNTIME": "/r.so", "HOME": "/h"][$0] },
      executable: "/usr/bin/espalier"
    )
    #expect(named.torchRoots == ["/t"])
    #expect(named.runtimes == ["/r.so"])
    let cache = RuntimeLocations(
      environment: { ["XDG_CACHE_HOME": "/c", "HOME": "/h", "ESPALIER_TORCH": ""][$0] },
      executable: "/usr/bin/espalier"
    )
    #expect(cache.torchRoots == ["/c/espalier/torch-2.11.0/torch"])
    #expect(
      cache.runtimes == [
        "/usr/bin/libEspalierRuntime.so", "/usr/bin/../lib/libEspalierRuntime.so",
      ]
    )
    let home = RuntimeLocations(environment: { $0 == "HOME" ? "/h" : nil }, executable: nil)
    #expect(home.torchRoots == ["/h/.cache/espalier/torch-2.11.0/torch"])
    #expect(home.runtimes.first == "./libEspalierRuntime.so")
  }

  @Test func `names the folder without torch, and the cure`() async throws {
    let text = try await complaint("ESPALIER_TORCH", "/nowhere/torch")
    #expect(
      text == "libtorch 2.11 was not found: no lib/libtorch_cpu.so in /nowhere/torch. Run "
        + "`make setup`, or let ESPALIER_TORCH name the folder of a torch 2.11 package."
    )
  }

  @Test func `names the runtime that is not there`() async throws {
    let text = try await complaint(
      "ESPALIER_RUNTIME",
      "/nowhere/libEspalierRuntime.so"
    )
    #expect(
      text == "libEspalierRuntime.so was not found at /nowhere/libEspalierRuntime.so. Run "
        + "`make build`, or let ESPALIER_RUNTIME name the file."
    )
  }

  @Test func `refuses a torch of another version before loading it`() async throws {
    let root = try folder(version: "2.5.1+cpu", library: Data("not a library".utf8))
    defer { try? FileManager.default.removeItem(at: root) }
    let text = try await complaint("ESPALIER_TORCH", root.path)
    #expect(
      text.hasPrefix("the torch at \(root.path) is version 2.5.1+cpu, and Espalier needs 2.11")
    )
  }

  @Test func `repeats the loader's words about a broken library`() async throws {
    let root = try folder(version: "2.11.0", library: Data("not a library".utf8))
    defer { try? FileManager.default.removeItem(at: root) }
    let text = try await complaint("ESPALIER_TORCH", root.path)
    #expect(text.hasPrefix("\(root.path)/lib/libtorch_cpu.so does not load: "))
    #expect(text.contains("file too short") || text.contains("invalid ELF header"))
  }

  @Test func `tries again after a failure`() async {
    await #expect(processExitsWith: .success) {
      let known = unsafe getenv("ESPALIER_TORCH").map { unsafe String(cString: $0) }
      _ = unsafe setenv("ESPALIER_TORCH", "/nowhere", 1)
      #expect(throws: TensorError.self) { try Runtime.load() }
      #expect(!Runtime.isLoaded)
      if let known {
        _ = unsafe setenv("ESPALIER_TORCH", known, 1)
      } else {
        _ = unsafe unsetenv("ESPALIER_TORCH")
      }
      try Runtime.load()
      #expect(Runtime.isLoaded)
    }
  }

  /// What the first tensor of a fresh process says with a variable set.
  private func complaint(_ name: String, _ value: String) async throws -> String {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [name = name as String, value = value as String] in
      _ = unsafe setenv(name, value, 1)
      do {
        _ = try Tensor([1] as [Float], shape: [1])
      } catch {
        FileHandle.standardError.write(Data("<<\(error)>>".utf8))
      }
    }
    let output = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let start = try #require(output.range(of: "<<")).upperBound
    let end = try #require(output.range(of: ">>")).lowerBound
    return String(output[start..<end])
  }

  /// A folder that looks like a torch package.
  private func folder(version: String, library: Data) throws -> URL {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("espalier-torch-\(UUID().uuidString)")
    let lib = root.appendingPathComponent("lib")
    try FileManager.default.createDirectory(at: lib, withIntermediateDirectories: true)
    try library.write(to: lib.appendingPathComponent("libtorch_cpu.so"))
    try Data("__version__ = '\(version)'\n".utf8)
      .write(to: root.appendingPathComponent("version.py"))
    return root
  }
}
