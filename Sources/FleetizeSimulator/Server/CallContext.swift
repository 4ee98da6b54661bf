import Hummingbird
import NIOCore

/// What Hummingbird knows of a request, with the connection: for the caller's address, and for faults of the connection.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
