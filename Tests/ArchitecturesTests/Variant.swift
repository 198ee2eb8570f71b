import Architectures
import Testing

/// The networks of the benchmark, with the figures that it publishes for them.
enum Variant: String, CaseIterable, CustomTestStringConvertible {
  case mobilenetCOCO, mobilenetVOC, resnet34COCO, resnet34VOC, resnet50COCO

  var testDescription: String { rawValue }

  var classes: Int {
    switch self {
    case .mobilenetVOC, .resnet34VOC: 20
    default: 80
    }
  }

  var backbone: YOLOv3.Backbone {
    switch self {
    case .mobilenetCOCO, .mobilenetVOC: .mobilenetV1()
    case .resnet34COCO, .resnet34VOC: .resnet34
    case .resnet50COCO: .resnet50vdDCN
    }
  }

  var model: YOLOv3 { YOLOv3(backbone: backbone, classes: classes) }

  var layers: [Layer] {
    switch self {
    case .mobilenetCOCO, .mobilenetVOC:
      LayerTable.mobilenetV1 + LayerTable.head([1024, 512, 256], classes: classes)
    case .resnet34COCO, .resnet34VOC:
      LayerTable.resnet34 + LayerTable.head([512, 256, 128], classes: classes)
    case .resnet50COCO:
      LayerTable.resnet50vdDCN + LayerTable.head([2048, 1024, 512], classes: classes)
    }
  }

  /// All parameters, the statistics of batch norm among them.
  var values: Int {
    switch self {
    case .mobilenetCOCO: 24_609_981
    case .mobilenetVOC: 24_286_881
    case .resnet34COCO: 42_343_101
    case .resnet34VOC: 42_020_001
    case .resnet50COCO: 46_023_086
    }
  }
}
