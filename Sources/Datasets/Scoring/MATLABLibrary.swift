internal import CMatIO
import Glibc

/// libmatio's functions, opened when the first MATLAB file is read: it brings 30 libraries along (HDF5, curl, Kerberos), for which
/// no other command should wait.
@safe
struct MATLABLibrary {
  typealias Variable = UnsafeMutablePointer<matvar_t>

  typealias Open = @convention(c) (UnsafePointer<CChar>, Int32) -> OpaquePointer?
  typealias Close = @convention(c) (OpaquePointer) -> Int32
  typealias Read = @convention(c) (OpaquePointer, UnsafePointer<CChar>) -> Variable?
  typealias Cell = @convention(c) (Variable, Int32) -> Variable?
  typealias Free = @convention(c) (Variable) -> Void
  private static let names = ["libmatio.so.11", "libmatio.so"]

  let open: Open
  let close: Close
  let read: Read
  let cell: Cell
  let free: Free

  /// Opens the library, and keeps it from writing to the error stream.
  ///
  /// - Parameter path: the file that it is wanted for, for the message.
  /// - Throws: ``DataError`` where it is not installed.
  init(for path: String) throws(DataError) {
    let found = unsafe Self.names.lazy.compactMap { unsafe dlopen($0, RTLD_NOW | RTLD_LOCAL) }.first
    guard let handle = unsafe found,
      let silence = unsafe dlsym(handle, "Mat_LogInitFunc"),
      let open = unsafe dlsym(handle, "Mat_Open"), let close = unsafe dlsym(handle, "Mat_Close"),
      let read = unsafe dlsym(handle, "Mat_VarRead"),
      let cell = unsafe dlsym(handle, "Mat_VarGetCell"),
      let free = unsafe dlsym(handle, "Mat_VarFree")
    else {
      throw .missing(
        path: Self.names[0],
        wanted: "the library that reads \(path): install Debian's libmatio11"
      )
    }
    typealias Log = @convention(c) (Int32, UnsafePointer<CChar>?) -> Void
    typealias Silence = @convention(c) (UnsafePointer<CChar>?, Log?) -> Int32
    _ = unsafe unsafeBitCast(silence, to: Silence.self)(nil) { _, _ in }
    unsafe self.open = unsafeBitCast(open, to: Open.self)
    unsafe self.close = unsafeBitCast(close, to: Close.self)
    unsafe self.read = unsafeBitCast(read, to: Read.self)
    unsafe self.cell = unsafeBitCast(cell, to: Cell.self)
    unsafe self.free = unsafeBitCast(free, to: Free.self)
  }
}
