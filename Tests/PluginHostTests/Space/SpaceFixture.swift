import PluginHost
import Testing

/// A search space in C or C++ of which each function's body is given; one without a body is absent.
struct SpaceFixture {
  var dimensions = """
    esp_dimension d = {sizeof d, 0, S("width"), 0, 3, 0, 0, 0};
    return s->add_dimension(c, &d);
    """
  var start: String?
  var feasible: String?
  var decode = "return s->set_model(c, (const uint8_t *)\"onnx\", 4);"
  /// What stands before the functions.
  var globals = ""
  /// The body of `create` before it makes the instance.
  var create = ""
  /// The functions as the table lists them.
  var table = "dimensions_, start_, feasible_, decode_"
  var cxx = false

  /// Compiles and describes the plugin.
  func build(in workshop: Workshop) throws {
    func function(_ name: String, _ body: String?, _ more: String) -> String {
      guard let body else { return "#define \(name)_ 0" }
      return """
        static esp_status \(name)_(void *self, esp_call *c, const esp_space_host *s\(more)) { \(body) }
        """
    }
    let entry = cxx ? "extern \"C\"" : ""
    try workshop.compile(
      """
      #include "espalier_space.h"
      \(cxx ? "#include <stdexcept>" : "")
      #define S(text) {text, sizeof(text) - 1}
      static const esp_host *host;
      \(globals)
      \(function("dimensions", dimensions, ""))
      \(function("start", start, ", int64_t *t, uint32_t n"))
      \(function("feasible", feasible, ", const int64_t *t, uint32_t n, int32_t *out"))
      \(function("decode", decode, ", const int64_t *t, uint32_t n"))
      static char me;
      static esp_status create(const esp_strategy *st, const esp_host *h, esp_call *c, const esp_value *p, uint32_t n,
                               void **self) { \(create) *self = &me; return 0; }
      static void destroy(void *self) {}
      static const esp_space_v1 table = {sizeof table, 0, \(table)};
      static const esp_strategy strategy = {sizeof strategy, 0, S("org.example.strategy"), S(ESP_SPACE_V1), S("S"),
                                            S("A fixture."), S("1.0.0"), 1, 0, 0, 0, 0, create, destroy, &table};
      static const esp_strategy *const strategies[] = {&strategy};
      static const esp_plugin plugin = {sizeof plugin, 1, {sizeof(esp_version), 1, ESP_ABI_MINOR, 0},
                                        S("org.example.plugin"), S("1.0.0"), S("Fixtures"), strategies, 0};
      \(entry) ESP_EXPORT const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { host = h; return &plugin; }
      """,
      cxx: cxx
    )
    try workshop.write(
      """
      {"manifest": 1, "id": "org.example.plugin", "version": "1.0.0", "library": "plugin.so",
       "sha256": "\(workshop.hash(of: "plugin.so"))", "abi": "esp/1",
       "strategies": [{"id": "org.example.strategy", "interface": "esp.space/1"}]}
      """,
      to: "org.example.plugin.manifest.json"
    )
  }

  /// Builds the space and loads it.
  func space(in workshop: Workshop) throws -> PluginSpace {
    try build(in: workshop)
    return try workshop.registry().space(named: "org.example.strategy")
  }
}
