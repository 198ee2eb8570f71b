import Models
import Testing

struct ArrayFileNameTests {
  @Test(arguments: [
    ("image", "image.npy"), ("yolo_output.0", "yolo_output.0.npy"), ("a/b", "a%2Fb.npy"),
    ("a%2Fb", "a%252Fb.npy"), ("../x", "%2E.%2Fx.npy"), ("é:0", "é:0.npy"), ("a\nb", "a%0Ab.npy"),
  ])
  func `escapes what a file name cannot hold, each name its own way`(value: String, name: String) {
    #expect(ArrayFileName.of(value) == name)
  }
}
