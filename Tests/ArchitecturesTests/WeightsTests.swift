import Architectures
import Graphs
import Testing

struct WeightsTests {
  @Test func `shares one region of zeros in a structure-only graph`() throws {
    let graph = try YOLOv3(backbone: .resnet50vdDCN).graph(weights: .structureOnly)
    let names = parameterNames(graph.constants)
    let owners = names.compactMap { graph.constants[$0]?.bytes.owner }
    #expect(owners.count == names.count)
    #expect(Set(owners.map(ObjectIdentifier.init)).count == 1)
    #expect(graph.constants["bn5c_branch2c_scale"]?.floats == [Float](repeating: 0, count: 2048))
  }

  @Test func `has the shapes and nodes of the seeded graph`() throws {
    let model = YOLOv3(backbone: .mobilenetV1(width: 0.25), classes: 3)
    let seeded = try model.graph()
    let bare = try model.graph(weights: .structureOnly)
    #expect(bare.nodes == seeded.nodes)
    #expect(bare.constants.names == seeded.constants.names)
    for (name, constant) in bare.constants {
      #expect(constant.shape == seeded.constants[name]?.shape)
    }
  }
}
