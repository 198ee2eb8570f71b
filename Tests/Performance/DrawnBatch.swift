import Datasets
import Graphs
import Models

/// Images of noise with three boxes each.
func drawnBatch(_ step: Int, count: Int, side: Int) -> ImageBatch {
  let array = RandomArray.draw(
    .float32,
    shape: [count, 3, side, side],
    seed: UInt64(bitPattern: Int64(step)),
    name: "images"
  )
  let boxes = [
    TargetBox(centerX: 0.3, centerY: 0.4, width: 0.1, height: 0.2, category: 0),
    TargetBox(centerX: 0.6, centerY: 0.5, width: 0.4, height: 0.3, category: 1),
    TargetBox(centerX: 0.5, centerY: 0.5, width: 0.9, height: 0.8, category: 2),
  ]
  let size = PixelSize(width: side, height: side)
  return ImageBatch(
    indices: Array(0..<count),
    paths: [String](repeating: "drawn", count: count),
    originalSizes: [PixelSize](repeating: size, count: count),
    size: size,
    pixels: array?.floats ?? [],
    targets: [[TargetBox]](repeating: boxes, count: count)
  )
}
