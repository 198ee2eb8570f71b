import Datasets
import Foundation
import Glibc
import TestSupport
import Testing

/// Ctrl-C, as a terminal sends it.
@Suite(.serialized)
struct InterruptionTests {
  /// The program, running; what it says is read as it comes.
  private final class Running {
    private let process = Process()
    private let pipe = Pipe()
    private(set) var said = ""

    init(_ arguments: [String]) throws {
      process.executableURL = URL(filePath: BuiltProgram.path("espalier"))
      process.arguments = arguments
      process.standardOutput = FileHandle.nullDevice
      process.standardError = pipe
      try process.run()
    }

    /// Reads until a text was said; false where the program ended before.
    func wait(for text: String) -> Bool {
      while !said.contains(text) {
        let data = pipe.fileHandleForReading.availableData
        guard !data.isEmpty else { return false }
        said += String(decoding: data, as: UTF8.self)
      }
      return true
    }

    func interrupt() { kill(process.processIdentifier, SIGINT) }

    /// Reads to the end.
    func end() -> Int32 {
      _ = wait(for: "\u{0}")
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  private func recipe(in folder: ScratchFolder, _ steps: String) throws -> String {
    try SyntheticDataset(images: 4, seed: 3, size: PixelSize(width: 64, height: 64))
      .write(to: folder.path("drawn"), threads: 2) { _ in }
    return try folder.write(
      """
      model: {name: yolov3_mobilenet_v1, width: 0.0625}
      task: {type: yolov3, classes: 4}
      data: {format: voc, root: drawn, train: train, val: val}
      device: cpu
      input_size: 64
      seed: 5
      \(steps)
      export: {onnx: small.onnx}
      """,
      to: "recipe.yml"
    )
  }

  @Test
  func `a latency table that is interrupted keeps what was timed`() throws {
    let folder = try ScratchFolder()
    let model = try SmallDetector.write(into: folder)
    let table = folder.path("table.tsv")
    // The first takes some milliseconds; the second is asked about when it begins.
    let running = try Running([
      "bench", model, "--table", table, "--on", "espalier", "--calls", "2000", "--turns", "1",
      "--threads", "1",
    ])
    try #require(running.wait(for: "timing 2 of 2"), "\(running.said)")
    running.interrupt()
    #expect(running.end() == 130, "\(running.said)")
    #expect(running.said.contains("interrupted; run the same command again"), "\(running.said)")
    let lines = try String(contentsOfFile: table, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2 && lines[1].hasPrefix("conv,1,1,1,3,8,8,4,1,3,1,1,1\t"), "\(lines)")
  }

  @Test
  func
    `training that is interrupted writes a checkpoint, says how to go on, and goes on to the same bits`()
    throws
  {
    let folder = try ScratchFolder()
    let recipe = try recipe(
      in: folder,
      "train: {iterations: 600, batch: 2, threads: 1, log_every: 3, checkpoint_every: 0, checkpoint_minutes: 0}"
    )
    let (whole, broken) = (folder.path("whole"), folder.path("broken"))
    #expect(try BuiltProgram.espalier(["train", recipe, "--run", whole]).status == 0)
    let running = try Running(["train", recipe, "--run", broken])
    try #require(running.wait(for: "step 3 of 600"), "\(running.said)")
    running.interrupt()
    #expect(running.end() == 130)
    #expect(running.said.contains("go on with --resume \(broken)"), "\(running.said)")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(broken)/checkpoints/step-1")
    #expect(files.count == 1)
    #expect(!FileManager.default.fileExists(atPath: "\(broken)/small.onnx"))
    let resumed = try BuiltProgram.espalier(["train", "--resume", broken])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("going on from"))
    #expect(
      try Data(contentsOf: URL(filePath: "\(broken)/small.onnx"))
        == Data(contentsOf: URL(filePath: "\(whole)/small.onnx"))
    )
  }

  @Test(arguments: [
    ("", "run the same command again"),
    ("train: {iterations: 2, batch: 2}}, {", "go on with: espalier compress --resume "),
  ])
  func `work without checkpoints ends at once, and what it says goes on`(
    before: String,
    advice: String
  ) throws {
    let folder = try ScratchFolder()
    // A pipe that nobody writes to: the step waits for its images.
    let images = folder.path("images")
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    let made = unsafe mkfifo("\(images)/a.npy", 0o600)
    #expect(made == 0)
    let recipe = try recipe(
      in: folder,
      "steps: [{\(before)quantize: {strategy: post, calibration: images}}]"
    )
    let run = folder.path("run")
    let arguments = ["compress", recipe, "--run", run]
    let running = try Running(arguments)
    try #require(running.wait(for: "quantize by post"), "\(running.said)")
    running.interrupt()
    #expect(running.end() == 130)
    #expect(running.said.contains("interrupted; \(advice)"), "\(running.said)")
    try FileManager.default.removeItem(atPath: images)
    try FileManager.default.copyItem(atPath: folder.path("drawn/JPEGImages"), toPath: images)
    let again = advice.contains("--resume") ? ["compress", "--resume", run] : arguments
    let result = try BuiltProgram.espalier(again)
    #expect(result.status == 0, "\(result.errors)")
    #expect(FileManager.default.fileExists(atPath: "\(run)/small.onnx"))
  }
}
