import Foundation
import PluginHost
import TestSupport
import Testing

/// Processes of which the system demands more than usual: the built program in each.
@Suite(.requiresCompiler, .requiresProgram)
struct HardenedProcessTests {
  private let bench: ProgramBench
  private var workshop: Workshop { bench.workshop }

  init() throws { bench = try ProgramBench() }

  @Test(.enabled(if: getuid() == 0, "only root can make a program that runs with its rights"))
  func `11: a program with more rights than its caller takes no plugin from a variable`() throws {
    try workshop.plugin()
    let program = workshop.path + "/espalier"
    // Copied by a process of its own: one that is forked beside this would hold the file open for writing, and it could not be executed.
    let copied = try Subprocess.run("/bin/cp", [BuiltProgram.path("espalier"), program])
    try #require(copied.status == 0, "\(copied.errors)")
    unsafe chmod(workshop.path, 0o755)
    func list(mode: mode_t) throws -> Subprocess {
      unsafe chmod(program, mode)
      return try Subprocess.run(
        "/usr/bin/setpriv",
        ["--reuid", "65534", "--regid", "65534", "--clear-groups", program, "plugin", "list"],
        environment: ["ESPALIER_PLUGIN_PATH": workshop.plugins, "HOME": workshop.path]
      )
    }
    let plain = try list(mode: 0o755)
    #expect(plain.status == 0 && plain.text.contains("org.example.plugin"), "\(plain.errors)")
    let privileged = try list(mode: 0o4755)
    #expect(privileged.status == 0, "\(privileged.errors)")
    #expect(!privileged.text.contains("org.example.plugin"), "\(privileged.text)")
  }

  @Test func `25: plain C functions are called where no memory may become code`() throws {
    // The system refuses to make memory executable that was writable, which closures of libffi would need.
    try Data(
      """
      #include <stdio.h>
      #include <sys/mman.h>
      #include <sys/prctl.h>
      #include <unistd.h>
      int main(int argc, char **argv) {
        if (prctl(65 /* PR_SET_MDWE */, 1, 0, 0, 0)) return 77;
        void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (!mprotect(page, 4096, PROT_READ | PROT_EXEC)) return 78;
        execv(argv[1], argv + 1);
        return 79;
      }
      """.utf8
    ).write(to: URL(filePath: workshop.path + "/mdwe.c"))
    let wrapper = workshop.path + "/mdwe"
    let built = try Subprocess.run("/usr/bin/cc", ["-o", wrapper, workshop.path + "/mdwe.c"])
    try #require(built.status == 0, "\(built.errors)")
    try workshop.compile(
      "double l2(const float *w, long n) { double s = 0; for (long k = 0; k < n; ++k) s += w[k] * w[k]; return s; }"
    )
    try workshop.write(
      FunctionManifest.manifest(
        FunctionManifest.scorer,
        sha256: workshop.hash(of: "plugin.so")
      ),
      to: "f.manifest.json"
    )
    let result = try Subprocess.run(
      wrapper,
      [
        BuiltProgram.path("espalier"), "prune", bench.model, "-s", "uniform", "--set", "ratio=0.5",
        "--set", "score=org.example.function", "--allow-unvalidated", "--plugin",
        workshop.plugins + "/f.manifest.json", "-o", bench.output,
      ],
      environment: bench.environment
    )
    // A kernel before 6.3 cannot be asked for it.
    guard result.status != 77 else { return }
    #expect(result.status == 0, "\(result.errors)")
    #expect(bench.hasOutput)
  }
}
