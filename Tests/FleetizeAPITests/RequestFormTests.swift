import FleetModel
import FleetizeAPI
import FoundationEssentials
import Testing

@Suite struct `The form of a request` {
  @Test func `for the device list contains only the token`() {
    #expect(Request.deviceList.form(token: "secret") == "apitoken=secret")
  }

  @Test func `names a day by its midnight UTC, as in the document's example of 21 November 2014`() throws {
    let day = try #require(UTCDay("2014-11-21"))
    let form = Request.deviceDay(DeviceID(492), day).form(token: "secret")
    #expect(form == "apitoken=secret&device=492&time=1416528000")
  }

  @Test func `separates and ends the tags of a scope with semicolons`() {
    let form = Request.deviceList.form(token: "t", scope: ["device_id", "device_name"])
    #expect(form == "apitoken=t&scope=device_id%3Bdevice_name%3B")
    let day = Request.deviceDay(DeviceID(492), UTCDay(number: 16_395)).form(
      token: "t", scope: ["timestamp", "grouped"])
    #expect(day == "apitoken=t&device=492&time=1416528000&scope=timestamp%3Bgrouped%3B")
  }

  @Test func `filters the device list by activity in whole seconds`() {
    let form = Request.deviceList.form(token: "t", activityAfter: Date(timeIntervalSince1970: 1_426_576_180.9))
    #expect(form == "apitoken=t&activity_after=1426576180")
  }

  @Test func `encodes every character of a token`() {
    #expect(Request.deviceList.form(token: "a+b &=%/ü\n~") == "apitoken=a%2Bb%20%26%3D%25%2F%C3%BC%0A~")
  }
}
