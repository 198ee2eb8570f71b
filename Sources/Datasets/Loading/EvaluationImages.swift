internal import Dispatch
internal import Synchronization

/// A data set's images in order, brought to the network's input, without augmentation.
///
/// With the policy to skip, an image that cannot be used is mid-grey in its batch, so that its boxes count as missed,
/// and stands in ``problems``; with the policy to refuse, the batch fails.
package final class EvaluationImages: Sendable {
  package let dataset: Dataset
  package let size: PixelSize
  package let preparation: ImagePreparation
  package let reading: ImageReading

  private let cache: PictureCache
  private struct Seen {
    var sizes: [Int: PixelSize] = [:]
    var problems: [Int: DataProblem] = [:]
  }
  private let seen = Mutex(Seen())

  /// The images of a data set at one input size; bicubic, as YOLOv3 is evaluated.
  package init(
    _ dataset: Dataset,
    size: PixelSize,
    preparation: ImagePreparation = ImagePreparation(
      normalization: .imageNet,
      interpolation: .cubic
    ),
    reading: ImageReading = ImageReading()
  ) {
    self.dataset = dataset
    self.size = size
    self.preparation = preparation
    self.reading = reading
    cache = PictureCache(budget: reading.cacheBytes)
  }

  /// The number of images.
  package var count: Int { dataset.entries.count }

  /// What was wrong with the images read so far, in the order of the data set.
  package var problems: [DataProblem] {
    seen.withLock { seen in seen.problems.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// What was wrong with an image that was read; nil for one that was used, or not read yet.
  package func problem(at index: Int) -> DataProblem? { seen.withLock { $0.problems[index] } }

  /// The images of a range of places, with their labels in shares of the input.
  ///
  /// - Throws: ``DataError`` for an image that cannot be used, where the policy is to refuse.
  package func batch(_ images: Range<Int>) throws -> ImageBatch {
    precondition(images.lowerBound >= 0 && images.upperBound <= count, "no such images")
    let places = Array(images)
    let failures = Mutex([Int: DataError]())
    let pixels = BatchPixels.make(images: places.count, size: size) { pixels in
      let stripes = min(reading.threads, max(1, places.count))
      DispatchQueue.concurrentPerform(iterations: stripes) { stripe in
        for slot in stride(from: stripe, to: places.count, by: stripes) {
          let index = places[slot]
          do throws(DataError) {
            let picture = try resized(index)
            pixels.write(picture, as: preparation.normalization, image: slot)
          } catch {
            failures.withLock { $0[index] = error }
            pixels.write(placeholder, as: preparation.normalization, image: slot)
          }
        }
      }
    }
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
    let sizes = seen.withLock { seen in places.map { seen.sizes[$0] ?? size } }
    return ImageBatch(
      indices: places,
      paths: places.map { dataset.entries[$0].path },
      originalSizes: sizes,
      size: size,
      pixels: pixels,
      targets: zip(places, sizes).map { place, size in
        let seen = preparation.placement(of: size, in: self.size)
        return dataset.entries[place].objects.map { seen.inInput(TargetBox($0, in: size)) }
      }
    )
  }

  /// An image at its own size, which nothing keeps; nil where it cannot be used and the policy is to skip.
  ///
  /// - Throws: ``DataError`` for an image that cannot be used, where the policy is to refuse.
  package func original(_ index: Int) throws(DataError) -> Picture? {
    let entry = dataset.entries[index]
    let picture: Picture
    do throws(PictureError) { picture = try reading.picture(of: entry) } catch {
      guard reading.policy == .skip else { throw .problem(error.problem) }
      note(index, entry.size ?? size, error.problem)
      return nil
    }
    let problem = ImageReading.sizeProblem(of: entry, picture.size)
    note(index, picture.size, problem)
    if reading.policy == .refuse, let problem { throw .problem(problem) }
    return picture
  }

  private var placeholder: Picture {
    Picture(size: size, color: RGB(red: 127, green: 127, blue: 127))
  }

  private func resized(_ index: Int) throws(DataError) -> Picture {
    let picture: Picture
    do throws(PictureError) {
      picture = try cache.picture(index) { () throws(PictureError) in try read(index) }
    } catch {
      guard reading.policy == .skip else { throw .problem(error.problem) }
      note(index, dataset.entries[index].size ?? size, error.problem)
      return placeholder
    }
    if reading.policy == .refuse, let problem = seen.withLock({ $0.problems[index] }) {
      throw .problem(problem)
    }
    return picture
  }

  private func read(_ index: Int) throws(PictureError) -> Picture {
    let entry = dataset.entries[index]
    let picture = try reading.picture(of: entry)
    note(index, picture.size, ImageReading.sizeProblem(of: entry, picture.size))
    return preparation.picture(picture, in: size)
  }

  private func note(_ index: Int, _ size: PixelSize, _ problem: DataProblem?) {
    seen.withLock { seen in
      seen.sizes[index] = size
      seen.problems[index] = problem
    }
  }
}
