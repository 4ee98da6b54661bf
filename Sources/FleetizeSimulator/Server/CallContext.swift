import Hummingbird
import NIOCore

/// Hummingbird's context of a request, with the connection, which is needed for the caller's address and for connection faults.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
