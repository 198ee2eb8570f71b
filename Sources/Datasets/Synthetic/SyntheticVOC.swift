/// Drawn scenes in Pascal VOC's layout: six tenths `train`, two `val`, two `test`; `trainval` is the first two together.
struct SyntheticVOC: SyntheticLayout {
  let images: Int
  let size: PixelSize
  let classes: [String]

  let folders = ["Annotations", "ImageSets/Main"]

  // What does not divide goes to `train`.
  private var train: Int { images - 2 * (images / 5) }
  private var trainval: Int { images - images / 5 }

  var lists: [(name: String, scenes: Range<Int>)] {
    [("train", 0..<train), ("val", train..<trainval), ("test", trainval..<images)]
  }

  var unions: [(name: String, scenes: Range<Int>)] { [("trainval", 0..<trainval)] }

  func file(of list: String) -> String { "ImageSets/Main/\(list).txt" }

  func image(_ number: Int, _ scene: SyntheticScene) -> String {
    "JPEGImages/\(number.sixDigits).jpg"
  }

  func lines(_ number: Int, _ scene: SyntheticScene) -> String { "\(number.sixDigits)\n" }

  func annotation(_ number: Int, _ scene: SyntheticScene) -> (file: String, text: String)? {
    let stem = number.sixDigits
    var text = """
      <annotation>
        <folder>JPEGImages</folder>
        <filename>\(stem).jpg</filename>
        <size><width>\(size.width)</width><height>\(size.height)</height><depth>3</depth></size>
        <segmented>0</segmented>\n
      """
    for object in scene.objects {
      text += """
          <object>
            <name>\(classes[object.box.category])</name>
            <pose>Unspecified</pose>
            <truncated>0</truncated>
            <difficult>\(object.visible < 0.5 ? 1 : 0)</difficult>
            <bndbox>
              <xmin>\(Int(object.box.left))</xmin>
              <ymin>\(Int(object.box.top))</ymin>
              <xmax>\(Int(object.box.right))</xmax>
              <ymax>\(Int(object.box.bottom))</ymax>
            </bndbox>
          </object>\n
        """
    }
    return ("Annotations/\(stem).xml", text + "</annotation>\n")
  }
}
