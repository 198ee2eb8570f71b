import CEspalier
import PluginKit
import Testing

struct PruningGroupTests {
  private let group = PruningGroup(
    index: 0,
    name: "w",
    op: "Conv",
    channels: 8,
    roles: [.depthwise, .residual],
    members: [
      PruningMember(index: 0, name: "w", op: "Conv", kind: .producer, axis: 0, rank: 4, count: 8),
      PruningMember(index: 1, name: "b", op: "Conv", kind: .perChannel, axis: 0, rank: 1, count: 8),
      PruningMember(index: 2, name: "v", op: "Conv", kind: .consumer, axis: 1, rank: 4, count: 8),
      PruningMember(index: 3, name: "u", op: "Gemm", kind: .consumer, axis: 1, rank: 2, count: 8),
    ]
  )

  @Test func `filters and input slices are told apart, and neither is what goes along`() {
    #expect(group.producers.map(\.name) == ["w"])
    #expect(group.consumers.map(\.name) == ["v", "u"])
  }

  @Test func `roles and kinds have the numbers of the header`() {
    #expect(PruningGroup.Roles.head.rawValue == ESP_ROLE_HEAD)
    #expect(PruningGroup.Roles.feedsOutput.rawValue == ESP_ROLE_FEEDS_OUTPUT)
    #expect(PruningGroup.Roles.depthwise.rawValue == ESP_ROLE_DEPTHWISE)
    #expect(PruningGroup.Roles.residual.rawValue == ESP_ROLE_RESIDUAL)
    #expect(PruningMember.Kind.producer.rawValue == ESP_MEMBER_PRODUCER)
    #expect(PruningMember.Kind.consumer.rawValue == ESP_MEMBER_CONSUMER)
    #expect(PruningMember.Kind.perChannel.rawValue == ESP_MEMBER_PER_CHANNEL)
  }

  @Test func `a member holds all channels, one slice each, unless it says otherwise`() {
    let member = group.members[0]
    #expect(member.first == 0 && member.at == 0 && member.block == 1)
    #expect(group.stride == nil && group.macs == 0)
  }
}
