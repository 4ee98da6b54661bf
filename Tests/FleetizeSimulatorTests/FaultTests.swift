import FleetModel
import FleetizeSimulator
import Foundation
import Testing

@Suite struct `A fault` {
  let day = UTCDay(number: 20_754)
  let now = Date(timeIntervalSince1970: 1_793_491_800)

  func answer(with fault: Simulator.Fault?) -> SimulatedResponse {
    Simulator(GeneratedFleet(seed: 1)) { _ in fault }.day(day, of: DeviceID(493), at: now)
  }

  @Test func `can be a page of a web server`() {
    let response = answer(with: .page(status: 503))
    #expect(response.status == 503)
    #expect(response.contentType == "text/html")
    #expect(response.text.hasPrefix("<html>"))
  }

  @Test func `can be any bytes, an empty body, an error or another shape`() {
    #expect(answer(with: .body([1, 2])).body == [1, 2])
    #expect(answer(with: .empty).body.isEmpty)
    #expect(answer(with: .error(.tokenBlocked)).text.hasPrefix("ERROR #1002 - "))
    #expect(answer(with: .otherShape).text.contains("items"))
    #expect(answer(with: .redirect(to: "http://elsewhere/")).location == "http://elsewhere/")
  }

  @Test func `can be the answer for another day or device`() throws {
    let other = try answer(with: .otherDay(offset: -1)).readDay()
    #expect(other.device.timestamp == Int(day.previous.start.timeIntervalSince1970))
    #expect(try answer(with: .otherDevice(DeviceID(494))).readDay().device.device_id == 494)
  }

  @Test func `can leave out the last route`() throws {
    let (whole, half) = (try answer(with: nil).readDay(), try answer(with: .lastRouteMissing).readDay())
    #expect(whole.routes.count > 1)
    #expect(half.routes.map(\.departure) == whole.routes.dropLast().map(\.departure))
  }

  @Test func `can spoil the delivery`() {
    let whole = answer(with: nil)
    #expect(whole.delivered?.isComplete == true)
    #expect(answer(with: .cut(afterBytes: 10)).delivered?.body == Array(whole.body.prefix(10)))
    #expect(answer(with: .chunkedCut(afterBytes: 10)).delivered?.isComplete == false)
    #expect(answer(with: .silence).delivered == nil)
    #expect(answer(with: .reset(afterBytes: 0)).delivered == nil)
    #expect(answer(with: .reset(afterBytes: 5)).delivered?.body.count == 5)
    #expect(answer(with: .late(seconds: 31)).delay == 31)
  }

  @Test func `is asked for once a call, after the limits, and stands in the log`() {
    let simulator = Simulator(GeneratedFleet(seed: 1), limits: .init(interval: 60)) {
      $0.number == 3 ? .page(status: 500) : nil
    }
    for seconds in [0.0, 1, 100, 200] { _ = simulator.list(at: now.addingTimeInterval(seconds)) }
    let outcomes = simulator.log.calls.map { call in
      switch call.outcome {
      case .answered: "answered"
      case .refused: "refused"
      case .faulted: "faulted"
      }
    }
    #expect(outcomes == ["answered", "refused", "faulted", "answered"])
  }

  @Test func `knows the call that it spoils`() {
    let simulator = Simulator(GeneratedFleet(seed: 1)) { call in
      call.device == DeviceID(493) && call.time > .distantPast ? .empty : nil
    }
    #expect(!simulator.day(day, of: DeviceID(492), at: now).body.isEmpty)
    #expect(simulator.day(day, of: DeviceID(493), at: now).body.isEmpty)
  }
}

@Suite struct `A fault on the command line` {
  func hits(_ text: String, of calls: Int = 20) throws -> [Int] {
    let schedule = try #require(FaultSchedule(text))
    let fleet = GeneratedFleet(seed: 1)
    let simulator = Simulator(fleet, fault: FaultSchedule.faults([schedule], seed: 1))
    let now = Date(timeIntervalSince1970: 1_793_491_800)
    return (1...calls).filter { _ in simulator.list(at: now).status == 503 }
  }

  @Test func `hits one call, every nth, or a share of them`() throws {
    #expect(try hits("503@5") == [5])
    #expect(try hits("503/7") == [7, 14])
    #expect(try hits("503%0").isEmpty)
    #expect(try hits("503%100").count == 20)
    #expect((150...350).contains(try hits("503%25", of: 1000).count))
  }

  @Test(
    arguments: [
      "500@1", "error=1055@1", "empty@1", "silence/2", "late=1.5@1", "drip=10@1", "cut=5@1", "chunked-cut=5@1",
      "reset=0@1", "other-day=-1@1", "last-route-missing@1", "other-shape@1", "redirect=http://x/y@1",
    ]) func `is one of the documented kinds`(text: String)
  {
    #expect(FaultSchedule(text) != nil)
  }

  @Test(arguments: ["", "503", "503@0", "503@x", "boom@1", "error=1@1", "503%101", "cut@1", "empty=1@1"])
  func `is refused when it is no such kind or has no such call`(text: String) {
    #expect(FaultSchedule(text) == nil)
  }
}
