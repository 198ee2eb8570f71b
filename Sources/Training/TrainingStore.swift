/// Where figures of training are kept, iteration by iteration.
package protocol TrainingStore: AnyObject {
  /// Notes that a step runs; what it wrote after `iteration` before it was interrupted is forgotten.
  func begin(step: Int, name: String, from iteration: Int) throws

  /// Writes figures of an iteration, all or none.
  func log(step: Int, iteration: Int, _ figures: [(name: String, value: Double)]) throws
}
