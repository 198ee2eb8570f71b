import CWorker

/// A flag that two processes share.
///
/// `@unchecked`: it is read and written as a whole.
@safe
package final class SharedFlag: @unchecked Sendable {
  private let flag: UnsafeMutablePointer<UInt32>

  init?(page: Int32) {
    guard let flag = unsafe esp_worker_page_map(page) else { return nil }
    unsafe self.flag = unsafe flag
  }

  deinit { unsafe esp_worker_page_unmap(flag) }

  func set(_ on: Bool) { unsafe esp_worker_flag_set(flag, on ? 1 : 0) }

  package var isSet: Bool { unsafe esp_worker_flag_get(flag) != 0 }
}
