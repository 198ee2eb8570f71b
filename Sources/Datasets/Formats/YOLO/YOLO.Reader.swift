internal import Dispatch
internal import Files
internal import Metrics
internal import Synchronization

extension YOLO {
  /// Reads images' sizes and labels on threads.
  struct Reader: Sendable {
    /// How many classes there are.
    let classes: Int

    typealias Found = (entry: Dataset.Entry?, problems: [DataProblem])

    /// What each image has; nil for one that is left out.
    func read(_ paths: [String]) -> [Found] {
      let stripes = max(1, min(4, paths.count / 64))
      let found = Mutex([Int: Found]())
      DispatchQueue.concurrentPerform(iterations: stripes) { stripe in
        for index in stride(from: stripe, to: paths.count, by: stripes) {
          let one = read(paths[index])
          found.withLock { $0[index] = one }
        }
      }
      return found.withLock { found in paths.indices.compactMap { found[$0] } }
    }

    private func read(_ path: String) -> Found {
      let labels = YOLO.labelFile(of: path)
      let size: PixelSize
      do { size = try Picture.headerSize(path) } catch {
        var problem = error.problem
        problem.message += "; the image is left out"
        return (nil, [problem])
      }
      do throws(DataError) {
        let rows = try Labels.rows(labels)
        for row in rows where row.category >= classes {
          throw .problem(
            DataProblem(
              .unknownClass,
              path: labels,
              line: row.line,
              message: "there is no class \(row.category): there are \(classes), from 0"
            )
          )
        }
        return entry(path, labels, size, rows)
      } catch {
        guard case .problem(var problem) = error else {
          let message = "\(error); the image is left out"
          return (nil, [DataProblem(.brokenAnnotation, path: labels, message: message)])
        }
        problem.message += "; the image is left out"
        return (nil, [problem])
      }
    }

    private func entry(
      _ path: String,
      _ labels: String,
      _ size: PixelSize,
      _ rows: [Labels.Row]
    ) -> Found {
      var problems: [DataProblem] = []
      func note(_ kind: DataProblem.Kind, _ row: Labels.Row, _ message: String) {
        problems.append(DataProblem(kind, path: labels, line: row.line, message: message))
      }
      var seen: Set<[Float]> = []
      var objects: [TrueBox] = []
      var lines: [Int] = []
      for row in rows {
        guard seen.insert(row.key).inserted else {
          note(.duplicate, row, "the same row stands above; one is left out")
          continue
        }
        let box = Self.box(row, in: size)
        guard box.width > 0, box.height > 0 else {
          note(.degenerateBox, row, "the box is \(box.width) x \(box.height); it is left out")
          continue
        }
        if let border = BoxBorder(box, in: size) {
          note(.outsideBox, row, "\(border.found); \(border.done)")
          if border.isBeyond { continue }
        }
        objects.append(TrueBox(image: 0, category: row.category, box: box))
        lines.append(row.line)
      }
      let entry = Dataset.Entry(
        path: path,
        id: FilePath.stem(of: path),
        size: size,
        objects: objects,
        source: Dataset.Entry.Source(path: labels, lines: lines)
      )
      return (entry, problems)
    }

    /// A row's box in pixels of its image.
    private static func box(_ row: Labels.Row, in size: PixelSize) -> Box {
      let (width, height) = (Double(size.width), Double(size.height))
      return Box(
        x: (row.centerX - row.width / 2) * width,
        y: (row.centerY - row.height / 2) * height,
        width: row.width * width,
        height: row.height * height
      )
    }
  }
}
