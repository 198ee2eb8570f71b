import Testing
import Training

struct TrainSettingsDigestTests {
  /// Digests stand in models that were written, and checkpoints are only taken up by settings of the same one.
  @Test
  func `the digest stays what earlier versions computed`() {
    var settings = TrainSettings()
    settings.epsilon = 1e-6
    settings.milestones = [1, 2]
    settings.rates = [TrainSettings.Rate(pattern: "a*\"x", factor: 0.5)]
    settings.sizes = [320]
    // hashlib.sha256 of the text that the first version hashed.
    #expect(
      settings.digest == "4c674cdd7117430ab52544d17f4c51dc6c0d6223b7a315a0943a8c042541977e"
    )
  }

  @Test
  func `every setting is stated, in its order`() {
    let settings = TrainSettings()
    #expect(settings.stated.map(\.key) == Mirror(reflecting: settings).children.map(\.label))
  }
}
