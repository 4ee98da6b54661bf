import FleetModel
import FleetizeSimulator
import Foundation
import Testing

@Suite struct `A fault` {
  let day = UTCDay(number: 20_754)
  let now = Date(timeIntervalSince1970: 1_793_491_800)

  func response(with fault: Simulator.Fault?) -> SimulatedResponse {
    Simulator(GeneratedFleet(seed: 1)) { _ in fault }.day(day, of: DeviceID(493), at: now)
  }

  @Test func `can be a page of a web server`() {
    let response = self.response(with: .page(status: 503))
    #expect(response.status == 503)
    #expect(response.contentType == "text/html")
    #expect(response.text.hasPrefix("<html>"))
  }

  @Test func `can be any bytes, an empty body, an error or another shape`() {
    #expect(response(with: .body([1, 2])).body == [1, 2])
    #expect(response(with: .empty).body.isEmpty)
    #expect(response(with: .error(.tokenBlocked)).text.hasPrefix("ERROR #1002 - "))
    #expect(response(with: .otherShape).text.contains("items"))
    #expect(response(with: .redirect(to: "http://elsewhere/")).location == "http://elsewhere/")
  }

  @Test func `can be the response for another day or device`() throws {
    let other = try response(with: .otherDay(offset: -1)).readDay()
    #expect(other.device.timestamp == Int(day.previous.start.timeIntervalSince1970))
    #expect(try response(with: .otherDevice(DeviceID(494))).readDay().device.device_id == 494)
  }

  @Test func `can omit the last route`() throws {
    let (whole, half) = (try response(with: nil).readDay(), try response(with: .lastRouteMissing).readDay())
    #expect(whole.routes.count > 1)
    #expect(half.routes.map(\.departure) == whole.routes.dropLast().map(\.departure))
  }

  @Test func `can spoil the delivery`() {
    let whole = response(with: nil)
    #expect(whole.delivered?.isComplete == true)
    #expect(response(with: .cut(afterBytes: 10)).delivered?.body == Array(whole.body.prefix(10)))
    #expect(response(with: .chunkedCut(afterBytes: 10)).delivered?.isComplete == false)
    #expect(response(with: .silence).delivered == nil)
    #expect(response(with: .reset(afterBytes: 0)).delivered == nil)
    #expect(response(with: .reset(afterBytes: 5)).delivered?.body.count == 5)
    #expect(response(with: .late(seconds: 31)).delay == 31)
  }

  @Test func `is chosen once per call, after the limits, and is logged`() {
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

  @Test func `can depend on the call`() {
    let simulator = Simulator(GeneratedFleet(seed: 1)) { call in
      call.device == DeviceID(493) && call.time > .distantPast ? .empty : nil
    }
    #expect(!simulator.day(day, of: DeviceID(492), at: now).body.isEmpty)
    #expect(simulator.day(day, of: DeviceID(493), at: now).body.isEmpty)
  }
}

@Suite struct `A fault on the command line` {
  func affected(_ text: String, of calls: Int = 20) throws -> [Int] {
    let schedule = try #require(FaultSchedule(text))
    let fleet = GeneratedFleet(seed: 1)
    let simulator = Simulator(fleet, fault: FaultSchedule.faults([schedule], seed: 1))
    let now = Date(timeIntervalSince1970: 1_793_491_800)
    return (1...calls).filter { _ in simulator.list(at: now).status == 503 }
  }

  @Test func `affects one call, a range, every nth, or a share of them`() throws {
    #expect(try affected("503@5") == [5])
    #expect(try affected("503@18+") == [18, 19, 20])
    #expect(try affected("503@2-4") == [2, 3, 4])
    #expect(try affected("503/7") == [7, 14])
    #expect(try affected("503%0").isEmpty)
    #expect(try affected("503%100").count == 20)
    #expect((150...350).contains(try affected("503%25", of: 1000).count))
  }

  @Test(
    arguments: [
      "500@1", "error=1055@1", "empty@1", "silence/2", "late=1.5@1", "drip=10@1", "cut=5@1", "chunked-cut=5@1",
      "reset=0@1", "other-day=-1@1", "402@1", "429=60@1-3", "error=4711@3+", "error=1060@1", "last-route-missing@1",
      "other-shape@1", "redirect=http://x/y@1",
    ]) func `is one of the documented kinds`(text: String)
  {
    #expect(FaultSchedule(text) != nil)
  }

  @Test(
    arguments: [
      "", "503", "503@0", "503@x", "503@+", "503@5-", "503@5-4", "302@1", "boom@1", "error=1@1", "503%101", "cut@1",
      "empty=1@1",
    ])
  func `is rejected if the kind or the calls are unknown`(text: String) {
    #expect(FaultSchedule(text) == nil)
  }
}
