package import Datasets
import Detection
import Files
import Graphs
package import Models
import Operators
package import Tensors

/// Images without labels, judged by how well outputs agree with those of the model as it was.
package final class TeacherEvaluation: EvaluationSet {
  package let images: EvaluationImages
  package let inputName: String
  package let contentHash: String
  package let leftOut: [ComparedOutputs.LeftOut]
  private let task = MatchTeacherTask()
  /// The original's outputs by name, each image's apart: its shape, and values.
  private let known: [String: (shape: [Int], values: [[Float]])]

  /// Runs the original over all images once and keeps its outputs.
  ///
  /// - Parameters:
  ///   - images: labels in them do not count.
  ///   - teacher: the model as it was.
  ///   - device: where it runs.
  ///   - batch: images at once, where the model takes any number.
  ///   - memory: bytes of outputs that may be kept.
  /// - Throws: ``EvaluationError`` where the outputs take more, or are not one an image; ``ComparedOutputs/Missing``; what the model
  ///   or the images refuse.
  package init(
    _ images: EvaluationImages,
    teacher: Model,
    device: Device = .cpu,
    batch: Int = 8,
    memory: Int = 4 << 30
  ) throws {
    self.images = images
    inputName = try teacher.imageInput
    let compared = ComparedOutputs(of: teacher)
    try compared.require()
    leftOut = compared.leftOut
    let fixed = teacher.fixedBatch(of: images.size)
    let (passes, batch) = (BatchPasses(fixed), fixed?.count ?? batch)
    let session = Session(
      teacher.graph,
      operators: teacher.operators,
      device: device,
      mode: .fast,
      memory: 0
    )
    var known: [String: (shape: [Int], values: [[Float]])] = [:]
    var bytes = 0
    for start in stride(from: 0, to: images.count, by: batch) {
      let range = start..<min(start + batch, images.count)
      let given = try Self.inputs(images, range, inputName)
      let made = try passes.outputs(of: given) { try session.run($0, keeping: false) }
      for name in compared.names {
        guard let output = made[name] else { continue }
        let shape = try Self.shape(ofPart: output, range.count, name)
        let values = try output.floats()
        let each = values.count / range.count
        bytes += 4 * values.count
        guard bytes <= memory else {
          throw EvaluationError.records(
            "the teacher's outputs for \(images.count) images take more than \(memory >> 20) MiB; "
              + "use a shorter list"
          )
        }
        for slot in 0..<range.count {
          let part = Array(values[slot * each..<(slot + 1) * each])
          known[name, default: (shape, [])].values.append(part)
        }
      }
    }
    self.known = known
    contentHash = try Self.hash(images, known, leftOut)
  }

  package var count: Int { images.count }
  package var metricName: String { "agreement with the teacher" }

  package func inputs(_ range: Range<Int>) throws -> [String: Tensor] {
    try Self.inputs(images, range, inputName)
  }

  package func records(
    _ outputs: [String: Tensor],
    _ range: Range<Int>
  ) throws -> [ImageRecord] {
    let teacher = try known.mapValues { output in
      var shape = output.shape
      // A scalar is one image's alone.
      if !shape.isEmpty { shape[0] *= range.count }
      return try Tensor(Array(output.values[range].joined()), shape: shape)
    }
    return try task.agreement(outputs, teacher, images: range.count).map(ImageRecord.agreement)
  }

  package func metric(_ records: [ImageRecord], sample: [Int]?) throws -> Double {
    guard records.count == count else {
      throw EvaluationError.records("\(records.count) records for \(count) images")
    }
    let chosen = sample ?? Array(records.indices)
    var sum = 0.0
    for image in chosen {
      guard case .agreement(let value) = records[image] else {
        throw EvaluationError.records("image \(image) has no record of agreement")
      }
      sum += value
    }
    return chosen.isEmpty ? 0 : sum / Double(chosen.count)
  }

  /// The shape of one image's part of an output, which has as many rows for each.
  private static func shape(
    ofPart output: Tensor,
    _ images: Int,
    _ name: String
  ) throws(EvaluationError) -> [Int] {
    let rows = output.shape.first ?? 1
    guard rows.isMultiple(of: images) else {
      throw .records(
        "the teacher's output '\(name)' is \(output); it must have one part for each of "
          + "\(images) images"
      )
    }
    return output.shape.isEmpty ? [] : [rows / images] + output.shape.dropFirst()
  }

  private static func inputs(
    _ images: EvaluationImages,
    _ range: Range<Int>,
    _ name: String
  ) throws -> [String: Tensor] {
    let batch = try images.batch(range)
    let shape = [batch.count, 3, batch.size.height, batch.size.width]
    return [name: try Tensor(batch.pixels, shape: shape)]
  }

  private static func hash(
    _ images: EvaluationImages,
    _ known: [String: (shape: [Int], values: [[Float]])],
    _ leftOut: [ComparedOutputs.LeftOut]
  ) throws -> String {
    var text = "espalier teacher evaluation 1\n\(images.size) \(images.preparation)\n"
    for entry in images.dataset.entries { text += "\(entry.path)\n" }
    for output in leftOut { text += "without \(output.output)\n" }
    for (name, output) in known.sorted(by: { $0.key < $1.key }) {
      // Without the axis of images.
      text += "\(name) \(Array(output.shape.dropFirst()))"
      for values in output.values {
        text += unsafe values.withUnsafeBytes { raw in
          unsafe " " + SHA256.hexadecimal(of: raw.bindMemory(to: UInt8.self).span)
        }
      }
      text += "\n"
    }
    return SHA256.hexadecimal(of: Array(text.utf8).span)
  }
}
