import Glibc
import PluginHost
import TestSupport
import Testing

/// Faults that end the process: the cases 14, 16 and 17 of the conformance list, by the built program.
@Suite(.requiresCompiler)
struct EndedProcessTests {
  private let bench: ProgramBench

  init() throws { bench = try ProgramBench() }

  private static let includes = """
    #define _GNU_SOURCE
    #include "espalier_plugin.h"
    #include <pthread.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    static void fault(void);

    """

  /// A plugin that does it at a place of its life.
  private static func source(_ fault: String, at place: String) -> String {
    let body = "static void fault(void) { \(fault); }\n"
    let hook =
      switch place {
      case "constructor": "__attribute__((constructor)) static void begin(void) { fault(); }"
      case "esp_plugin_entry_v1":
        """
        #define ENTRY
        #include "plugin.h"
        const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { fault(); return &plugin; }
        """
      case "create":
        """
        static esp_status create_(const esp_strategy *s, const esp_host *h, esp_call *c, const esp_value *v, uint32_t n, void **self) {
          static char me; *self = &me; fault(); return 0;
        }
        #define CREATE create_
        """
      case "plan":
        """
        static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { fault(); return p->set_ratio(c, 0, 0.5); }
        #define PLAN plan_
        """
      case "score":
        """
        static esp_status score_(void *s, esp_call *c, const esp_pruning_host *p, uint32_t g, double *out, uint64_t n) {
          for (uint64_t k = 0; k < n; ++k) out[k] = k;
          fault(); return 0;
        }
        #define SCORE score_
        """
      case "shutdown": "static void down(void) { fault(); }\n#define SHUTDOWN down"
      case "a thread of its own":
        """
        static void *other(void *x) { fault(); return 0; }
        static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
          pthread_t t; pthread_create(&t, 0, other, 0); pthread_join(t, 0);
          return p->set_ratio(c, 0, 0.5);
        }
        #define PLAN plan_
        """
      case "destructor": "__attribute__((destructor)) static void end(void) { fault(); }"
      case "exit handler":
        """
        static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { atexit(fault); return p->set_ratio(c, 0, 0.5); }
        #define PLAN plan_
        """
      default: ""
      }
    return includes + body + hook
  }

  /// How the line names a place.
  private static func name(of place: String) -> String {
    place == "destructor" || place == "exit handler" ? "at the end of the process" : place
  }

  private static let places = [
    "constructor", "esp_plugin_entry_v1", "create", "plan", "score", "shutdown",
    "a thread of its own", "destructor", "exit handler",
  ]

  @Test(
    arguments: [
      ("*(volatile int *)8 = 1", "SIGSEGV at address 0x8"), ("abort()", "SIGABRT"),
      ("__builtin_trap()", "SIGILL"), ("volatile int z = 0; z = 7 / z", "SIGFPE"),
    ],
    places
  )
  func `16: a crash names plugin and place in its first line`(
    fault: (code: String, signal: String),
    place: String
  ) throws {
    let result = try bench.run(Self.source(fault.code, at: place))
    #expect(result.status == 4, "\(result.errors)")
    #expect(
      result.firstError.hasPrefix(
        "espalier: error: ESP-P804 plugin \"org.example.plugin\", function \"\(Self.name(of: place))\""
      ),
      "\(result.errors)"
    )
    #expect(result.firstError.hasSuffix("it crashed: \(fault.signal)"), "\(result.errors)")
    let object = try result.object()
    let isOver = ["shutdown", "destructor", "exit handler"].contains(place)
    #expect(bench.hasOutput == isOver)
    if !isOver { #expect(object["code"] as? String == "ESP-P804") }
  }

  @Test(
    arguments: ["exit(0)", "_exit(0)", "syscall(SYS_exit_group, 0)"],
    ["constructor", "a thread of its own", "destructor", "exit handler"]
  )
  func `16: an exit where no call can be left ends the process with its name`(
    fault: String,
    place: String
  ) throws {
    let result = try bench.run(Self.source(fault, at: place))
    #expect(result.status == 4, "\(result.errors)")
    #expect(
      result.firstError.hasPrefix(
        "espalier: error: ESP-P801 plugin \"org.example.plugin\", function \"\(Self.name(of: place))\""
      ),
      "\(result.errors)"
    )
  }

  @Test(arguments: ["esp_plugin_entry_v1", "create", "plan", "score", "shutdown"])
  func `16: an exit in a call ends with exit code 4 and its name`(place: String) throws {
    let result = try bench.run(Self.source("exit(0)", at: place))
    #expect(result.status == 4, "\(result.errors)")
    #expect(result.firstError.contains("org.example.plugin"), "\(result.errors)")
    #expect(result.firstError.contains("it called exit, which ends the process"))
    #expect(result.firstError.contains("ESP-P801"))
    if place == "create" || place == "plan" || place == "score" {
      let object = try result.object()
      #expect(object["code"] as? String == "ESP-P801")
      #expect(object["exitCode"] as? Int == 4)
      #expect(!bench.hasOutput)
    }
  }

  @Test func `16: an exception that reaches a noexcept function names the plugin`() throws {
    let result = try bench.run(
      """
      #include "espalier_plugin.h"
      #include <stdexcept>
      static void calm() noexcept { throw std::runtime_error("not so calm"); }
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) { calm(); return 0; }
      #define PLAN plan_
      """,
      cxx: true
    )
    #expect(result.status == 4)
    #expect(
      result.firstError
        == "espalier: error: ESP-P804 plugin \"org.example.plugin\", function \"plan\": it ended in std::terminate: not so calm"
    )
  }

  @Test func `16: a process that a plugin forks does not carry on as a second host`() throws {
    let result = try bench.run(Self.source("if (!fork()) usleep(1000)", at: "plan"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(try result.object()["schema"] as? String == "espalier.prune/1")
    #expect(bench.hasOutput)
  }

  @Test(arguments: [
    "constructor", "esp_plugin_entry_v1", "create", "plan", "score", "shutdown", "exit handler",
  ])
  func `17: a hang ends at its deadline`(place: String) throws {
    let result = try bench.run(
      Self.source("for (;;) pause()", at: place),
      ["--plugin-deadline", "0.2"]
    )
    #expect(result.status == 4, "\(result.errors)")
    #expect(result.firstError.contains("ESP-P805"), "\(result.errors)")
    if place != "exit handler" {
      #expect(result.firstError.contains("plugin \"org.example.plugin\", function \"\(place)\""))
      #expect(result.firstError.contains("it did not return within 200 ms"))
    }
  }

  @Test func `17: a plugin that asks is asked to stop at its deadline, and the error is its own`()
    throws
  {
    let result = try bench.run(
      """
      #include "espalier_plugin.h"
      #include <unistd.h>
      static const esp_host *asked;
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        esp_str text = {"no time left", 12};
        while (!asked->should_stop(c)) usleep(1000);
        return asked->fail(asked, c, ESP_E_DEADLINE, text);
      }
      #define PLAN plan_
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { asked = h; return &plugin; }
      """,
      ["--plugin-deadline", "0.2"]
    )
    #expect(result.status == 4)
    #expect(
      result.firstError == "espalier: error: plugin \"org.example.plugin\", plan: no time left"
    )
  }

  @Test func `14: threads that outlive the run are named, and it ends cleanly`() throws {
    let result = try bench.run(
      Self.source(
        "pthread_t t; for (int k = 0; k < 2; ++k) pthread_create(&t, 0, (void *(*)(void *))pause, 0)",
        at: "plan"
      )
    )
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors
        == "espalier: org.example.plugin: 2 threads that it made still run as the program ends: join them in \"shutdown\"\n"
    )
  }

  @Test(
    arguments: [
      "puts(\"noise\")", "printf(\"noise\")", "write(1, \"noise\", 5)",
      "dup2(2, 1); puts(\"noise\")",
      "close(1); puts(\"noise\")", "fclose(stdout)", "close(0); close(1); close(2)",
      "for (int k = 0; k < 20000; ++k) puts(\"a long line of noise that fills every pipe there is\")",
    ],
    ["constructor", "plan", "shutdown", "destructor"]
  )
  func `16: standard output has results only`(noise: String, place: String) throws {
    let result = try bench.run(Self.source(noise, at: place))
    #expect(result.status == 0, "\(result.errors.prefix(400))")
    #expect(try result.object()["schema"] as? String == "espalier.prune/1")
    if noise.contains("\"noise\""), !noise.hasPrefix("close(1)") {
      #expect(result.errors.contains("noise"))
    }
  }

  @Test func `texts of a plugin reach the terminal without commands to it`() throws {
    let result = try bench.run(
      """
      #include "espalier_plugin.h"
      #include <string.h>
      static const esp_host *kept;
      static esp_status plan_(void *s, esp_call *c, const esp_pruning_host *p) {
        esp_str t = {"\\x1b[2J\\x07\\r\\xc2\\x9b 31m\\xe2\\x80\\xae gnp\\nespalier: written to out.onnx", 0};
        t.len = strlen(t.ptr);
        kept->log(kept, ESP_LOG_WARNING, t);
        return kept->fail(kept, c, 13, t);
      }
      #define PLAN plan_
      #define ENTRY
      #include "plugin.h"
      const esp_plugin *esp_plugin_entry_v1(const esp_host *h) { kept = h; return &plugin; }
      """
    )
    #expect(result.status == 4)
    let shown =
      #"\u{1b}[2J\u{7}\r\u{9b} 31m\u{202e} gnp\nespalier: written to out.onnx"#
    #expect(
      result.errors.split(separator: "\n") == [
        "espalier: org.example.plugin: \(shown)",
        "espalier: error: plugin \"org.example.plugin\", plan: \(shown)",
      ]
    )
  }
}
