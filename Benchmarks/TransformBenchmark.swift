import FleetModel
import Transform

/// (a) Bytes to rows, without archive and database, on one core.
struct TransformBenchmark {
  var size: ArchiveSize
  var rounds: Int

  func run() throws {
    let first = UTCDay(number: 20_000)
    let responses = (0..<min(size.days, 200)).map {
      GeneratedDay(vehicle: $0, day: first.advanced(by: $0), points: size.points).response
    }
    let bytes = responses.reduce(0) { $0 + $1.body.count }
    var interpreting: [Double] = []
    var whole: [Double] = []
    var points = 0
    for _ in 0..<rounds {
      interpreting.append(
        seconds {
          for response in responses { precondition(dayResponse(response) != nil) }
        })
      points = 0
      whole.append(
        seconds {
          for response in responses {
            guard let parsed = dayResponse(response) else { continue }
            let day = assemble(parsed.askedDay, of: parsed.device, from: [parsed])
            precondition(day.contentHash.count == 32)
            points += day.pointCount
          }
        })
    }
    print(
      "\n### (a) Transform alone, one core, \(responses.count) responses of \(bytes / responses.count / 1_000) KB\n")
    row("", "MB/s", "points/s", "ms per device-day")
    row("---", "---", "---", "---")
    for (name, times) in [("bytes to routes", interpreting), ("bytes to rows with findings and hash", whole)] {
      row(
        name, times.map { Double(bytes) / 1e6 / $0 }.summary(0), times.map { Double(points) / $0 }.summary(0),
        times.map { $0 * 1e3 / Double(responses.count) }.summary(3))
    }
  }

  private func dayResponse(_ response: Response) -> DayResponse? {
    if case .day(let day) = interpret(response) { day } else { nil }
  }

  private func seconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    return clock.measure(body) / .seconds(1)
  }
}
