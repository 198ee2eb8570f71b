import Files
import Glibc
import Graphs
import ModelFormats
import Models
import Operators
import PluginHost
import PluginKit
import Pruning
import Tensors

// Espalier's own side of `make bench`: the same jobs as peers.py, in one process, as JSON lines.
//
//   espalier-bench write FOLDER        writes yolov3.onnx (at 416) and large.onnx
//   espalier-bench time FOLDER RUNS [JOB]
//                                      times the jobs on them, or those whose name starts with JOB
//   espalier-bench serve MODEL [fast|plain]
//                                      times forward passes whenever forward.py asks
//   espalier-bench loader VOC LIST EPOCHS
//                                      times the preparing of training batches (make bench-loader)
//   espalier-bench sensitivity MODEL IMAGES.npy RUNS [BATCH]
//                                      times a sensitivity analysis of YOLOv3's head
//   espalier-bench training VOC LIST WIDTH SIDE BATCH STEPS AUTOCAST
//                                      times training steps (make bench-training)
//   espalier-bench distill STEPS [float32|bfloat16]
//                                      times steps of distillation (make bench-distill)
//   espalier-bench aware STEPS         times steps of training with rounded values (make bench-aware)

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
  print("usage: espalier-bench write FOLDER | time FOLDER RUNS [JOB] | loader VOC LIST EPOCHS")
  exit(2)
}
if arguments[1] == "sensitivity", arguments.count >= 5 {
  try Runtime.setThreadCount(2)
  try timeSensitivity(
    arguments[2],
    images: arguments[3],
    runs: Int(arguments[4]) ?? 1,
    batch: arguments.count > 5 ? Int(arguments[5]) ?? 1 : 1
  )
  exit(0)
}
if arguments[1] == "serve" {
  try ForwardServer.run(arguments[2], mode: arguments.last == "plain" ? .plain : .fast)
  exit(0)
}
if arguments[1] == "training" {
  try TrainingBench.run(Array(arguments.dropFirst(2)))
  exit(0)
}
if arguments[1] == "distill" {
  try DistillBench.run(
    steps: Int(arguments[2]) ?? 10,
    precision: arguments.count > 3 ? arguments[3] : "float32"
  )
  exit(0)
}
if arguments[1] == "aware" {
  try AwareBench.run(steps: Int(arguments[2]) ?? 10)
  exit(0)
}
let folder = arguments[2]
if arguments[1] == "loader" {
  try LoaderBench.run(
    root: folder,
    list: arguments.count > 3 ? arguments[3] : "train",
    epochs: arguments.count > 4 ? Int(arguments[4]) ?? 3 : 3
  )
  exit(0)
}
let yolo = "\(folder)/yolov3.onnx"
let large = "\(folder)/large.onnx"

if arguments[1] == "write" {
  let sizes = [1, 3, 416, 416]
  try Model.built("yolov3_mobilenet_v1", classes: 80, inputSize: sizes).write(to: yolo)
  try Model.built("yolov3_resnet50vd_dcn", classes: 80, inputSize: sizes).write(to: large)
  exit(0)
}
let runs = arguments.count > 3 ? Int(arguments[3]) ?? 5 : 5
let wanted = arguments.count > 4 ? arguments[4] : ""

/// Prints the seconds of `runs` calls after an untimed one.
func time(
  _ job: String,
  _ peer: String,
  _ action: () throws -> Void
) rethrows {
  guard job.hasPrefix(wanted) else { return }
  try action()
  var seconds: [Double] = []
  for _ in 0..<runs {
    let start = ContinuousClock.now
    try action()
    seconds.append((ContinuousClock.now - start) / .seconds(1))
  }
  let line: JSONValue = [
    "job": .string(job), "peer": .string(peer), "seconds": .array(seconds.map { .double($0) }),
  ]
  print(line.line)
}

/// Prints the seconds of `runs` calls for each of some peers, which take turns, after one untimed call each.
func time<Peer>(
  _ job: String,
  _ peers: [(name: String, value: Peer)],
  runs: Int,
  _ action: (Peer) throws -> Void
) rethrows {
  guard job.hasPrefix(wanted) else { return }
  var seconds = [[Double]](repeating: [], count: peers.count)
  for run in 0...runs {
    for (index, peer) in peers.enumerated() {
      let start = ContinuousClock.now
      try action(peer.value)
      if run > 0 { seconds[index].append((ContinuousClock.now - start) / .seconds(1)) }
    }
  }
  for (peer, seconds) in zip(peers, seconds) {
    let line: JSONValue = [
      "job": .string(job), "peer": .string(peer.name),
      "seconds": .array(seconds.map { .double($0) }),
    ]
    print(line.line)
  }
}

/// Adds up a graph's weights, so that every byte of them is read.
func touch(_ graph: Graph) -> UInt64 {
  var sum: UInt64 = 0
  for (_, constant) in graph.constants {
    unsafe constant.bytes.withUnsafeBytes { bytes in
      for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
        sum &+= unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
    }
  }
  return sum
}

try time("import 200 MB ONNX", "Espalier") { _ = try ONNX.read(large) }
var sum: UInt64 = 0
try time("import 200 MB ONNX", "Espalier, every byte read") { sum &+= touch(try ONNX.read(large)) }

let registry = PluginRegistry(policy: .standard())
try time("groups and r578 cut, file to file", "Espalier") {
  let step = try PruneStep.run(
    try Model.read(yolo),
    settings: PruneSettings(strategy: "r578"),
    registry: registry
  )
  try step.after.write(to: "\(folder)/r578.onnx")
}
try time("count FLOPs of 98 MB", "Espalier") {
  sum &+= UInt64(try Model.read(yolo).cost.multiplyAdds)
}

/// A context without groups, so that a call into a strategy does next to nothing but cross the boundary.
final class NothingToPrune: PruningContext {
  var groups: [PruningGroup] { [] }
  func weight(_ member: Int, of group: PruningGroup) throws(PluginError) -> WeightView {
    throw PluginError(.notFound, "there are no groups")
  }
  func importance(of group: PruningGroup) throws(PluginError) -> [Double] { [] }
  func model() throws(PluginError) -> [UInt8] { [] }
  func cost(of plans: [PruningPlan]) throws(PluginError) -> [PruningCost] { [] }
}

let context = NothingToPrune()
// The plugin's own source stands in this program too: the same strategy, with and without a boundary.
let direct = try Uniform(settings: Settings(["ratio": .double(0)]))
let loaded = try registry.pruner(named: "uniform", settings: ["ratio": .double(0)])
// They take turns, so that what else the machine does meets both.
try time(
  "100 000 calls of a Swift strategy",
  [("direct", direct), ("through the C boundary", loaded)],
  runs: 6 * runs
) { (pruner: any Pruner) in
  for _ in 0..<100_000 { sum &+= UInt64(try pruner.plan(for: context).cuts.count) }
}
// A process for a plugin that is not trusted: what it costs to start one, and what a call through its channel costs.
if let program = CommandLine.arguments.first.map({
  FilePath.folder(of: FilePath.absolute($0)) + "/espalier"
}),
  File.exists(program)
{
  var policy = PluginPolicy.standard()
  policy.isolation = .everything
  policy.workerProgram = program
  let isolated = PluginRegistry(policy: policy)
  try time("20 workers started, loaded and ended", "Espalier") {
    for _ in 0..<20 {
      let pruner = try isolated.pruner(named: "uniform", settings: ["ratio": .double(0)])
      sum &+= UInt64(try pruner.plan(for: context).cuts.count)
    }
  }
  let worker = try isolated.pruner(named: "uniform", settings: ["ratio": .double(0)])
  try time("10 000 calls of a strategy in a worker", "Espalier") {
    for _ in 0..<10_000 { sum &+= UInt64(try worker.plan(for: context).cuts.count) }
  }
}
if sum == 0 { print() }
