import CArchive
import Files
package import PluginHost

/// A packed plugin: a gzipped tar of regular files, the same bytes for the same files.
package enum PluginArchive {
  package static let ending = ".espalier-plugin"

  /// A file of an archive.
  package struct Member: Sendable, Hashable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// What an archive may hold, so that a small file cannot fill the memory.
  package struct Limits: Sendable, Hashable {
    package var members = 128
    package var bytes = 1 << 30

    package init() {}
  }

  /// Reads an archive into memory.
  ///
  /// - Parameters:
  ///   - bytes: The archive.
  ///   - path: For the messages.
  ///   - limits: What it may hold.
  /// - Returns: Its files.
  /// - Throws: ``Refusal`` of what is no such archive, or holds more than regular files with plain names.
  package static func read(
    _ bytes: [UInt8],
    path: String,
    limits: Limits = Limits()
  ) throws(Refusal) -> [Member] {
    guard let archive = unsafe archive_read_new() else {
      throw Refusal(.archiveMalformed, path, "there is no memory for it")
    }
    defer { unsafe archive_read_free(archive) }
    unsafe archive_read_support_filter_gzip(archive)
    unsafe archive_read_support_format_tar(archive)
    return try unsafe bytes.withUnsafeBufferPointer { memory throws(Refusal) in
      guard unsafe archive_read_open_memory(archive, memory.baseAddress, memory.count) == ARCHIVE_OK
      else { throw unsafe fault(archive, path) }
      return try unsafe members(of: archive, path, limits)
    }
  }

  private static func members(
    of archive: OpaquePointer,
    _ path: String,
    _ limits: Limits
  ) throws(Refusal) -> [Member] {
    var members: [Member] = []
    var room = limits.bytes
    while true {
      var entry: OpaquePointer?
      let status = unsafe archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { break }
      guard status == ARCHIVE_OK, let entry = unsafe entry else {
        throw unsafe fault(archive, path)
      }
      let name = unsafe archive_entry_pathname_utf8(entry).map { unsafe String(cString: $0) } ?? ""
      // S_IFREG: links, folders, devices and pipes have no place in a plugin.
      guard unsafe archive_entry_filetype(entry) == 0o100000,
        unsafe archive_entry_hardlink(entry) == nil
      else {
        throw Refusal(.archiveMember, path, "\"\(name)\" is not a regular file")
      }
      guard isPlain(name) else {
        throw Refusal(.archiveMember, path, "\"\(name)\" is no name below the plugin's folder")
      }
      guard !members.contains(where: { $0.name == name }) else {
        throw Refusal(.archiveMember, path, "\"\(name)\" stands twice")
      }
      guard members.count < limits.members else {
        throw Refusal(.archiveTooLarge, path, "it has more than \(limits.members) files")
      }
      let content = try unsafe content(of: archive, path, room: room)
      room -= content.count
      members.append(Member(name: name, bytes: content))
    }
    guard !members.isEmpty else { throw Refusal(.archiveMalformed, path, "it is empty") }
    return members
  }

  /// The bytes of the member that was reached, no more than there is room for.
  private static func content(
    of archive: OpaquePointer,
    _ path: String,
    room: Int
  ) throws(Refusal) -> [UInt8] {
    var bytes: [UInt8] = []
    var count = 1
    while count > 0 {
      let part = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, filled in
        count = unsafe archive_read_data(archive, buffer.baseAddress, buffer.count)
        filled = max(0, count)
      }
      guard count >= 0 else { throw unsafe fault(archive, path) }
      guard bytes.count + part.count <= room else {
        throw Refusal(.archiveTooLarge, path, "its files have more bytes than a plugin may")
      }
      bytes += part
    }
    return bytes
  }

  /// Packs files, sorted by name; no time, owner or machine is in the result.
  ///
  /// - Throws: ``Refusal`` where the library cannot.
  package static func write(_ members: [Member], path: String) throws(Refusal) -> [UInt8] {
    guard let archive = unsafe archive_write_new() else {
      throw Refusal(.archiveMalformed, path, "there is no memory for it")
    }
    defer { unsafe archive_write_free(archive) }
    unsafe archive_write_set_format_ustar(archive)
    unsafe archive_write_add_filter_gzip(archive)
    unsafe archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
    unsafe archive_write_set_bytes_in_last_block(archive, 1)
    let capacity = members.reduce(1 << 16) { $0 + $1.bytes.count + $1.bytes.count / 100 + 4096 }
    var used = 0
    var failure: Refusal?
    let packed = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      let opened = unsafe archive_write_open_memory(archive, buffer.baseAddress, capacity, &used)
      if opened == ARCHIVE_OK {
        for member in members.sorted(by: { $0.name < $1.name }) where failure == nil {
          if unsafe !write(member, to: archive) { failure = unsafe fault(archive, path) }
        }
      }
      if unsafe archive_write_close(archive) != ARCHIVE_OK, failure == nil {
        failure = unsafe fault(archive, path)
      }
      count = used
    }
    if let failure { throw failure }
    return packed
  }

  private static func write(_ member: Member, to archive: OpaquePointer) -> Bool {
    guard let entry = unsafe archive_entry_new() else { return false }
    defer { unsafe archive_entry_free(entry) }
    unsafe archive_entry_set_pathname(entry, member.name)
    unsafe archive_entry_set_size(entry, la_int64_t(member.bytes.count))
    unsafe archive_entry_set_filetype(entry, 0o100000)
    unsafe archive_entry_set_perm(entry, 0o644)
    unsafe archive_entry_set_mtime(entry, 0, 0)
    guard unsafe archive_write_header(archive, entry) == ARCHIVE_OK else { return false }
    return unsafe archive_write_data(archive, member.bytes, member.bytes.count)
      == member.bytes.count
  }

  /// Whether a name leads nowhere but below a folder.
  private static func isPlain(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name.utf8.count <= 1024
      && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\\") }
      && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private static func fault(_ archive: OpaquePointer, _ path: String) -> Refusal {
    let words = unsafe archive_error_string(archive).map { unsafe String(cString: $0) }
    return Refusal(.archiveMalformed, path, words ?? "it cannot be read")
  }
}
