/// A model that is fed images alone, whose layers depend on more than one input of images.
package struct ImageInputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The inputs that the model needs.
  package let inputs: [String]

  package init(inputs: [String]) { self.inputs = inputs }

  /// What is needed, and what was found.
  package var description: String {
    "calibration needs one input of images, batch x 3 x height x width, that all layers depend on alone; the model "
      + "has the inputs \(inputs.joined(separator: ", "))"
  }
}
