import Datasets
import Foundation
import TestSupport

/// A folder in Pascal VOC's layout, made for one test; its list is `all`, its images are 100 x 80.
struct VOCFolder {
  let scratch: ScratchFolder
  var root: String { scratch.url.path }

  init() throws {
    scratch = try ScratchFolder()
    for folder in ["Annotations", "JPEGImages", "ImageSets/Main"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(folder),
        withIntermediateDirectories: true
      )
    }
  }

  func write(_ text: String, to name: String) throws { _ = try scratch.write(text, to: name) }

  func image(_ stem: String, size: PixelSize = PixelSize(width: 100, height: 80)) throws {
    let seed = stem.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
    let picture = Pictures.noise(size.width, size.height, seed: seed)
    _ = try Pictures.write(try picture.jpeg(quality: 90), to: "JPEGImages/\(stem).jpg", in: scratch)
  }

  /// An annotation whose objects stand four lines apart, the first box in line 5.
  func add(
    _ stem: String,
    objects: [(name: String, left: String, top: String, right: String, bottom: String)],
    hasImage: Bool = true
  ) throws {
    let body = objects.map { object in
      """
      <object>\n<name>\(object.name)</name>\n<bndbox><xmin>\(object.left)</xmin>\
      <ymin>\(object.top)</ymin><xmax>\(object.right)</xmax><ymax>\(object.bottom)</ymax></bndbox>\n</object>
      """
    }.joined(separator: "\n")
    try add(stem, body: body, hasImage: hasImage)
  }

  func add(_ stem: String, body: String, hasImage: Bool = true) throws {
    try write(
      """
      <annotation>
      <size><width>100</width><height>80</height><depth>3</depth></size>
      \(body)
      </annotation>
      """,
      to: "Annotations/\(stem).xml"
    )
    if hasImage { try image(stem) }
  }

  func list(_ lines: [String]) throws {
    try write(lines.joined(separator: "\n") + "\n", to: "ImageSets/Main/all.txt")
  }

  func read(classes: [String]? = nil, policy: FaultPolicy = .skip) throws -> Dataset {
    try PascalVOC.read(
      [PascalVOC.Part(root: root, list: "all")],
      classes: classes,
      policy: policy
    )
  }
}
