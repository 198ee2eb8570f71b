import Operators
import Tensors

/// Overlaps of predicted boxes with wanted ones, rows x 4 each (left, top, right, bottom), recorded by autograd.
struct Overlap {
  /// What divisors are more by, so that boxes without extent divide nothing by nothing.
  static let least = 1e-7

  private let predicted: Sides
  private let wanted: Sides

  /// The parts of rows of boxes, rows x 1 or x 2 each.
  private struct Sides {
    let low: Tensor
    let high: Tensor
    let size: Tensor

    init(_ boxes: Tensor) throws {
      low = try boxes.narrowed(along: 1, from: 0, count: 2)
      high = try boxes.narrowed(along: 1, from: 2, count: 2)
      size = try high - low
    }

    func area() throws -> Tensor { try size.product(along: 1) }

    func angle() throws -> Tensor {
      let width = try size.selected(along: 1, at: 0)
      let height = try size.selected(along: 1, at: 1) + Overlap.least
      return try ATen.one("atan", width / height)
    }
  }

  init(_ predicted: Tensor, _ wanted: Tensor) throws {
    self.predicted = try Sides(predicted)
    self.wanted = try Sides(wanted)
  }

  /// The IoU of each row, and the area that both boxes cover.
  private func parts() throws -> (iou: Tensor, union: Tensor) {
    let low = try predicted.low.maximum(wanted.low)
    let high = try predicted.high.minimum(wanted.high)
    let shared = try (high - low).clamped(min: 0).product(along: 1)
    let union = try predicted.area() + wanted.area() - shared
    return (try shared / (union + Self.least), union)
  }

  /// Sides of the smallest box around both, rows x 2.
  private func hull() throws -> Tensor {
    try predicted.high.maximum(wanted.high) - predicted.low.minimum(wanted.low)
  }

  /// Generalized IoU (Rezatofighi and others 2019), one a row.
  func generalized() throws -> Tensor {
    let (iou, union) = try parts()
    let hull = try hull().product(along: 1)
    return try iou - (hull - union) / (hull + Self.least)
  }

  /// Complete IoU (Zheng and others 2020), one a row; the trade-off between its terms has no gradient, as in the paper.
  func complete() throws -> Tensor {
    let (iou, _) = try parts()
    let diagonal = try hull().square().sum(along: [1]) + Self.least
    let apart =
      try ((predicted.low + predicted.high) - (wanted.low + wanted.high))
      .square().sum(along: [1]) * 0.25
    let turn = try (predicted.angle() - wanted.angle()).square()
    let shape = try turn * (4 / (Double.pi * Double.pi))
    let share = try (shape / (shape - iou + (1 + Self.least))).detached()
    return try iou - apart / diagonal - shape * share
  }
}
