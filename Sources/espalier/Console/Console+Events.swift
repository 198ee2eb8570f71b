import Evaluation
import Reports

extension Console {
  /// Puts an event of a run into words: on the line of progress, or as a remark.
  func tell(_ event: RunEvent) {
    guard let text = event.text else { return }
    if event.isProgress { progress(text) } else { note(text) }
  }
}
