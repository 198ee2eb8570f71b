import Datasets
import Models

extension Model {
  /// Batch, channels, height and width that the analysis of the first input holds for; nil where that is no image.
  var statedSizes: [Int]? {
    let sizes = inputSizes.first?.sizes?.compactMap(\.self)
    return sizes?.count == 4 ? sizes : nil
  }

  /// The size of the images that the analysis holds for.
  var analysedSize: PixelSize {
    statedSizes.map { PixelSize(width: $0[3], height: $0[2]) } ?? PixelSize(width: 640, height: 640)
  }
}
