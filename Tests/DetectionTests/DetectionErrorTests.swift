import Detection
import Testing

struct DetectionErrorTests {
  @Test func `an error names its task`() {
    #expect("\(DetectionError.outputs(task: "yolov3", "no output"))" == "task 'yolov3': no output")
  }
}
