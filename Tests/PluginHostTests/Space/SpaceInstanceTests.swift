import PluginHost
import PluginKit
import Testing

/// Search spaces in plain C: what they are told, and what is taken of what they say.
@Suite(.requiresCompiler)
struct SpaceInstanceTests {
  private let workshop: Workshop
  private let alone = StillSearch()

  init() throws { workshop = try Workshop() }

  private func space(_ change: (inout SpaceFixture) -> Void) throws -> PluginSpace {
    var fixture = SpaceFixture()
    change(&fixture)
    return try fixture.space(in: workshop)
  }

  /// Adds one dimension of a name, bounds and labels.
  private static func adding(
    _ name: String,
    _ low: String,
    _ high: String,
    labels: String = "0, 0"
  ) -> String {
    """
    { esp_dimension d = {sizeof d, 0, S("\(name)"), \(low), \(high), \(labels), 0}; s->add_dimension(c, &d); }
    """
  }

  @Test func `dimensions cross with bounds, order and labels`() throws {
    let space = try space {
      $0.dimensions = """
        static const esp_str labels[] = {S("thin"), S("wide")};
        esp_dimension a = {sizeof a, ESP_DIMENSION_ORDERED, S("depth"), -2, 5, 0, 0, 0};
        esp_dimension b = {sizeof b, 0, S("width"), 1, 2, labels, 2, 0};
        esp_status status = s->add_dimension(c, &a);
        return status ? status : s->add_dimension(c, &b);
        """
    }
    let dimensions = try space.dimensions(in: alone)
    #expect(
      dimensions == [
        SearchDimension("depth", -2...5),
        SearchDimension("width", 1...2, isOrdered: false, labels: ["thin", "wide"]),
      ]
    )
    #expect(dimensions[1].label(of: 2) == "wide")
    #expect(dimensions[0].label(of: -2) == "-2")
  }

  @Test(
    arguments: [
      (adding("a", "0", "1") + adding("a", "0", "1"), "dimension 1 has the name \"a\" of another"),
      (adding("", "0", "1"), "dimension 0 has no name"),
      (adding("a", "2", "1"), "dimension 0 (\"a\") goes from 2 to 1"),
      (adding("a", "0", "1 << 20"), "has more than 1048576 numbers"),
      (adding("a", "INT64_MIN", "INT64_MAX"), "has more than 1048576 numbers"),
      (
        "static const esp_str l[] = {S(\"x\")};" + adding("a", "0", "1", labels: "l, 1"),
        "has 1 labels for 2 numbers"
      ),
      (adding("a", "0", "1", labels: "0, 2"), "has 2 labels for 2 numbers"),
      (
        """
        for (int k = 0; k < 4097; ++k) {
          char name[8] = {'a' + k / 676 % 26, 'a' + k / 26 % 26, 'a' + k % 26};
          esp_dimension d = {sizeof d, 0, {name, 3}, 0, 1, 0, 0, 0}; s->add_dimension(c, &d);
        }
        """,
        "dimension 4096 is too many: a space has at most 4096"
      ),
      ("", "the space has no dimension: call add_dimension"),
      (
        adding("a", "0", "1") + "s->set_model(c, (const uint8_t *)\"x\", 1);",
        "a model is taken during \"decode\" only"
      ),
    ]
  )
  func `dimensions that mean nothing are refused, even where the status is overlooked`(
    body: String,
    message: String
  ) throws {
    let space = try space { $0.dimensions = body + " return 0;" }
    let error = try #require(throws: PluginError.self) { try space.dimensions(in: alone) }
    #expect(error.message.contains(message), "\(error.message)")
    #expect(error.code == .invalidArgument)
    #expect(
      error.origin == PluginError.Origin(plugin: "org.example.plugin", function: "dimensions")
    )
  }

  @Test func `a search begins at the low ends where the space does not say`() throws {
    let space = try space {
      $0.dimensions = Self.adding("a", "-3", "1") + Self.adding("b", "4", "9") + "return 0;"
    }
    #expect(try space.start(in: alone) == [-3, 4])
  }

  @Test func `a space says where a search begins`() throws {
    let space = try space { $0.start = "t[0] = n + 1; return 0;" }
    #expect(try space.start(in: alone) == [2])
  }

  @Test(arguments: [
    ("", "the token of \"width\" was not written"),
    ("t[0] = 4;", "the token 4 of \"width\" is outside 0 to 3"),
    ("t[0] = -1;", "the token -1 of \"width\" is outside 0 to 3"),
  ])
  func `a start outside the bounds is refused`(body: String, message: String) throws {
    let space = try space { $0.start = body + " return 0;" }
    let error = try #require(throws: PluginError.self) { try space.start(in: alone) }
    #expect(error.message == message)
    #expect(error.origin == PluginError.Origin(plugin: "org.example.plugin", function: "start"))
  }

  @Test func `all tokens are feasible where the space does not say`() throws {
    #expect(try space { $0.feasible = nil }.isFeasible([3], in: alone))
  }

  @Test func `a space says which tokens stand for a network`() throws {
    let space = try space { $0.feasible = "*out = t[0] % 2; return 0;" }
    #expect(
      try (0...3).map { try space.isFeasible([$0], in: alone) } == [false, true, false, true]
    )
  }

  @Test(arguments: [
    ("*out = 2; return 0;", 3, "it wrote 2 where 1 or 0 is wanted"),
    ("return 0;", 3, "it wrote -1 where 1 or 0 is wanted"),
    ("esp_str text = S(\"no table\"); return host->fail(host, c, 5, text);", 5, "no table"),
    ("*out = 1; return 4;", 4, "it returned 4"),
  ])
  func `an answer that is none is an error that names the tokens`(
    body: String,
    code: Int32,
    message: String
  ) throws {
    let space = try space { $0.feasible = body }
    let error = try #require(throws: PluginError.self) { try space.isFeasible([2], in: alone) }
    #expect(error.message.contains(message), "\(error.message)")
    #expect(error.code.rawValue == code)
    #expect(
      error.origin
        == PluginError.Origin(
          plugin: "org.example.plugin",
          function: "feasible",
          layer: "tokens 2"
        )
    )
  }

  @Test func `a model crosses as bytes, whatever becomes of the plugin's own`() throws {
    let space = try space {
      $0.dimensions = Self.adding("a", "0", "9") + Self.adding("b", "0", "9") + "return 0;"
      $0.decode = """
        uint8_t bytes[3] = {n, t[0], t[1]};
        esp_status status = s->set_model(c, bytes, 3);
        bytes[0] = 0;
        return status;
        """
    }
    #expect(try space.network([7, 5], in: alone) == .model([2, 7, 5]))
    #expect(try space.network([1, 2], in: alone) == .model([2, 1, 2]))
  }

  @Test func `a space knows the run`() throws {
    let space = try space {
      $0.decode = """
        if (s->struct_size != sizeof *s || s->network) return 13;
        uint8_t said[4] = {s->input_height, s->input_width, s->classes, s->seed};
        return s->set_model(c, said, 4);
        """
    }
    let search = StillSearch(inputSize: (height: 96, width: 64), classes: 3, seed: 11)
    #expect(try space.network([0], in: search) == .model([96, 64, 3, 11]))
    #expect(try space.network([0], in: alone) == .model([0, 0, 0, 7]))
  }

  @Test func `a space cuts the run's network as a pruner does`() throws {
    let space = try space {
      $0.decode = """
        const esp_pruning_host *p = s->network;
        esp_group group = {sizeof group};
        if (p->n_groups != 2 || p->group(c, 1, &group) || group.channels != 6) return 13;
        esp_str score = S("org.example.l2");
        int64_t channels[] = {0, 5};
        esp_status status = p->set_ratio(c, 0, t[0] / 4.0);
        if (!status) status = p->set_channels(c, 1, channels, 2);
        return status ? status : p->set_score(c, score);
        """
    }
    let search = StillSearch(SmallModel([("first", 8), ("second", 6)]))
    #expect(
      try space.network([1], in: search)
        == .cuts(
          PruningPlan(
            cuts: ["first": .ratio(0.25), "second": .channels([0, 5])],
            score: "org.example.l2"
          )
        )
    )
    // Nothing of that is left for the next.
    let whole = try self.space { $0.decode = "return 0;" }
    #expect(try whole.network([1], in: search) == .cuts(PruningPlan()))
  }

  @Test(arguments: [
    ("return 0;", "it handed over no network: call set_model"),
    ("s->set_model(c, (const uint8_t *)\"x\", 0); return 0;", "a model of 0 bytes"),
    ("s->set_model(c, 0, 4); return 0;", "a model of 4 bytes"),
    (
      "for (int k = 0; k < 2; ++k) s->set_model(c, (const uint8_t *)\"x\", 1); return 0;",
      "the model is set twice"
    ),
    (
      adding("a", "0", "1") + "return s->set_model(c, (const uint8_t *)\"x\", 1);",
      "dimensions are taken during \"dimensions\" only"
    ),
  ])
  func `a network that is none is refused, even where the status is overlooked`(
    body: String,
    message: String
  ) throws {
    let space = try space { $0.decode = body }
    let error = try #require(throws: PluginError.self) { try space.network([3], in: alone) }
    #expect(error.message == message)
    #expect(
      error.origin
        == PluginError.Origin(
          plugin: "org.example.plugin",
          function: "decode",
          layer: "tokens 3"
        )
    )
  }

  @Test(arguments: [
    ("s->set_model(c, (const uint8_t *)\"x\", 1);", "a model and cuts of the run's network"),
    ("s->network->set_ratio(c, 9, 0.5);", "group 9 of 1 does not exist"),
    ("s->network->set_ratio(c, 0, 0.5);", "group \"first\" is set twice"),
  ])
  func `cuts that contradict are refused`(more: String, message: String) throws {
    let space = try space { $0.decode = "s->network->set_ratio(c, 0, 0.5); \(more) return 0;" }
    let search = StillSearch(SmallModel([("first", 8)]))
    let error = try #require(throws: PluginError.self) { try space.network([3], in: search) }
    #expect(error.message.contains(message), "\(error.message)")
  }

  @Test(arguments: ["dimensions", "start", "feasible"])
  func `cuts are taken during decode only`(function: String) throws {
    let body = "return s->network->set_ratio(c, 0, 0.5);"
    let space = try space {
      switch function {
      case "dimensions": $0.dimensions = body
      case "start": $0.start = body
      default: $0.feasible = body
      }
    }
    let search = StillSearch(SmallModel([("first", 8)]))
    let error = try #require(throws: PluginError.self) {
      switch function {
      case "dimensions": _ = try space.dimensions(in: search)
      case "start": _ = try space.start(in: search)
      default: _ = try space.isFeasible([0], in: search)
      }
    }
    #expect(error.origin?.function == function)
    #expect(error.message.contains("a plan is taken during"), "\(error.message)")
  }

  @Test func `an exception is an error`() throws {
    let space = try space {
      $0.decode = "throw std::runtime_error(\"out of widths\");"
      $0.cxx = true
    }
    let error = try #require(throws: PluginError.self) { try space.network([1], in: alone) }
    #expect(error.code == .internalError)
    #expect(error.message == "it threw: out of widths")
    #expect(error.origin?.layer == "tokens 1")
  }

  @Test func `a call that has ended refuses what is asked of it`() throws {
    var fixture = SpaceFixture()
    fixture.globals = "static esp_call *old; static const esp_space_host *late;"
    fixture.decode = "old = c; late = s; return s->set_model(c, (const uint8_t *)\"x\", 1);"
    fixture.create = """
      if (old) {
        esp_dimension d = {sizeof d, 0, S("late"), 0, 1, 0, 0, 0};
        if (late->set_model(old, (const uint8_t *)"y", 1) != 3 || late->add_dimension(old, &d) != 3
            || !h->should_stop(old)) return 7;
      }
      """
    try fixture.build(in: workshop)
    let registry = workshop.registry()
    let space = try registry.space(named: "org.example.strategy")
    #expect(try space.network([0], in: alone) == .model(Array("x".utf8)))
    // A second instance looks back at the first one's call.
    let error = try #require(throws: PluginHostError.self) {
      try registry.space(named: "org.example.strategy")
    }
    #expect(
      "\(error)".contains("it called \"set_model\" for a call that has ended (ESP-P807"),
      "\(error)"
    )
    #expect(try space.network([0], in: alone) == .model(Array("x".utf8)))
  }

  @Test func `a failed call leaves nothing for the next`() throws {
    let space = try space {
      $0.decode = """
        s->set_model(c, (const uint8_t *)"x", 1);
        return t[0] ? s->set_model(c, (const uint8_t *)"y", 1) : 0;
        """
    }
    #expect(throws: PluginError.self) { try space.network([1], in: alone) }
    #expect(try space.network([0], in: alone) == .model(Array("x".utf8)))
  }

  @Test(arguments: ["0, start_, feasible_, decode_", "dimensions_, start_, feasible_, 0"])
  func `a table without what a space needs is refused`(table: String) throws {
    var fixture = SpaceFixture()
    fixture.table = table
    try fixture.build(in: workshop)
    let refusal = try #require(workshop.refusal())
    #expect(refusal.code == .strategyMalformed)
    #expect(
      "\(refusal)".contains("\"org.example.strategy\" lacks \"dimensions\" or \"decode\"")
    )
  }

  @Test func `a pruner is no space, and a space no pruner`() throws {
    try workshop.plugin()
    let error = try #require(throws: PluginHostError.self) {
      try workshop.registry().space(named: "org.example.strategy")
    }
    #expect("\(error)".contains("esp.pruner/1"))
    let other = try Workshop()
    try SpaceFixture().build(in: other)
    let second = try #require(throws: PluginHostError.self) {
      try other.registry().pruner(named: "org.example.strategy")
    }
    #expect("\(second)".contains("esp.space/1"))
  }
}
