import Files
import ModelFormats
import Models
import Operators
import Reports
import Tensors

/// `espalier run`: a model executed on arrays from files, its outputs written as files.
enum Run {
  private static let outputs = Option.value(
    "outputs",
    short: "-o",
    "DIR",
    "The folder for the outputs, each as NAME.npy; it is made where it is not there."
  )
  private static let random = Option.value(
    "random",
    "SEED",
    "Draw the inputs that are not given: from 0 to below 1, the same for the same seed."
  )
  private static let plain = Option.flag(
    "plain",
    "Execute node by node, nothing folded or fused: the reference."
  )

  static let verb = Verb(
    name: "run",
    summary: "Execute a model on arrays, or find and draw boxes on pictures.",
    operands: [.init(name: "MODEL", help: "An ONNX file.")],
    options: [
      RunInputs.input, RunPictures.image, outputs, random, Eval.detectionTask, TaskOptions.set,
      Eval.classes, .inputSize, .device, plain,
    ],
    notes: """
      espalier run detector.onnx --input image=x.npy --outputs out
      espalier run detector.onnx --image photo.jpg --outputs out --set conf=0.4

      With --image the boxes that a detector finds are listed, and drawn into OUT/photo.boxes.jpg.

      In file names, '/', '%', '\\', control characters and a leading dot are written as % and two hexadecimal
      digits: the output a/b becomes a%2Fb.npy.
      """
  ) { invocation, console in
    guard let folder = invocation.value(outputs) else {
      throw UsageError.needs("--outputs", because: "it names the folder for the outputs")
    }
    if !invocation.values(RunPictures.image).isEmpty {
      for option in [RunInputs.input, random] where !invocation.values(option).isEmpty {
        throw UsageError.conflict(option.name, RunPictures.image.name)
      }
      return try RunPictures.carryOut(
        invocation,
        console,
        task: Eval.detectionTask,
        classes: Eval.classes,
        folder: folder,
        device: try device(of: invocation)
      )
    }
    let seed = try invocation.int(random, in: 0...Int.max)
    let arrays = try RunInputs.arrays(of: invocation)
    let model = try invocation.model(console)
    var inputs = arrays
    if let seed {
      inputs = try ModelInputs(model).drawing(seed: UInt64(seed), beside: arrays)
    }
    let run = try ModelRun(
      model,
      inputs: inputs,
      device: try Run.device(of: invocation),
      mode: invocation.has(plain) ? .plain : .fast
    )
    try Folder.make(folder)
    var files: [String] = []
    for (name, array) in run.outputs {
      let path = "\(folder)/\(ArrayFileName.of(name))"
      let bytes: [UInt8]
      do { bytes = try NPY.encode(array) } catch {
        throw Failure(.output, "output '\(name)': \(error)")
      }
      try File.write(bytes, to: path)
      files.append(path)
    }
    let report = RunReport(run, model: model.name, files: files)
    console.write(console.wantsJSON ? report.json.text : report.text)
    return .success
  }

  private static func device(of invocation: Invocation) throws -> Device {
    let name = invocation.value(.device) ?? "auto"
    guard Device.isName(name) else {
      throw UsageError.badValue("device", name, wanted: Device.acceptedNames)
    }
    return try Device.named(name)
  }
}
