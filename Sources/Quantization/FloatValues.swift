package import Evaluation
import Graphs
package import Models
import Operators
package import Tensors

/// What a float network makes of images, for all that is compared with it.
///
/// An image is run once, and its values are kept as long as those of all images fit a number of bytes; an image that does not fit is
/// run each time it is asked for. Nothing is let go for another: comparisons go through the images in turn, so that what was used
/// longest ago is what is used next.
package final class FloatValues {
  package let model: Model
  /// The values that are computed.
  package let names: Set<String>
  private let images: any CalibrationImages
  private let memory: Int
  private let session: Session
  private var kept: [Int: Image] = [:]
  private var bytes = 0

  /// One image, or a batch of them.
  struct Image {
    let inputs: [String: Tensor]
    /// By name, in the order of memory in which they were made.
    let values: [String: Tensor]

    /// What both take.
    var bytes: Int { (Array(inputs.values) + values.values).reduce(0) { $0 + $1.byteCount } }
  }

  /// Bytes that values may take unless another limit is stated.
  package static let memory = 1 << 30

  /// Prepares a network.
  ///
  /// - Parameters:
  ///   - model: the float network.
  ///   - names: the values to compute; inputs of the graph are left out.
  ///   - images: what it runs over.
  ///   - device: where it runs.
  ///   - memory: bytes of values that may be kept; 0 keeps none.
  package init(
    _ model: Model,
    values names: Set<String>,
    images: any CalibrationImages,
    device: Device = .cpu,
    memory: Int = FloatValues.memory
  ) {
    self.model = model
    self.images = images
    self.memory = memory
    self.names = names.subtracting(model.graph.inputs.map(\.name))
    session = Session(comparing: self.names, of: model.graph, model, device: device)
  }

  /// How many images there are.
  package var count: Int { images.count }

  /// Where the network runs.
  var device: Device { session.device }

  /// The values of an image; those that are no floats are left out.
  ///
  /// - Throws: what the images or the network refuse.
  func image(_ index: Int) throws -> Image {
    if let known = kept[index] { return known }
    let inputs = try images.inputs(index)
    var values: [String: Tensor] = [:]
    _ = try session.run(inputs, observing: names) {
      if $1.dtype.isFloatingPoint { values[$0] = try $1.copied() }
    }
    let image = Image(inputs: inputs, values: values)
    if bytes + image.bytes <= memory {
      kept[index] = image
      bytes += image.bytes
    }
    return image
  }
}

extension Session {
  /// A session that shows values of a network, or of one quantized from it; nothing is kept between its runs.
  convenience init(
    comparing names: Set<String>,
    of graph: Graph,
    _ model: Model,
    device: Device
  ) {
    self.init(
      graph,
      operators: model.operators.withRounding,
      device: device,
      mode: .fast,
      memory: 0,
      resumePoints: names
    )
  }
}

@available(*, unavailable) extension FloatValues: Sendable {}
