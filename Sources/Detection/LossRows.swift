import Operators
import Tensors

/// Rows of a tensor by their places.
func rows(_ tensor: Tensor, _ places: [Int64]) throws -> Tensor {
  try tensor.picked(along: 0, at: Tensor(places, shape: [places.count]).moved(to: tensor.device))
}

/// Numbers as a tensor of the type and on the device of another.
func numbers(_ values: [Double], _ shape: [Int], like other: Tensor) throws -> Tensor {
  try Tensor(values, shape: shape).converted(to: other.dtype).moved(to: other.device)
}
