extension ClassNames {
  /// The names of the classes that networks of a known number mostly have; none for other numbers.
  ///
  /// 80 are COCO's and 20 Pascal VOC's; 90 and 91 are COCO's ids from 1 and from 0, of which some are nobody's.
  static func standard(_ count: Int) -> [String] {
    switch count {
    case 20: voc
    case 80: coco
    case 90: cocoByID(from: 1)
    case 91: cocoByID(from: 0)
    default: []
    }
  }

  private static func cocoByID(from first: Int) -> [String] {
    var names = coco.makeIterator()
    return (first...90).map { id in
      id == 0 || gaps.contains(id) ? "" : names.next() ?? ""
    }
  }

  /// COCO's ids that no class has.
  private static let gaps: Set = [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]

  private static let voc = words(
    """
    aeroplane,bicycle,bird,boat,bottle,bus,car,cat,chair,cow,diningtable,dog,horse,motorbike,person,
    pottedplant,sheep,sofa,train,tvmonitor
    """
  )

  private static let coco = words(
    """
    person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,
    bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,
    sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,
    bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,
    toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,
    teddy bear,hair drier,toothbrush
    """
  )

  private static func words(_ text: String) -> [String] {
    text.split { $0 == "," || $0.isNewline }.map(String.init)
  }
}
