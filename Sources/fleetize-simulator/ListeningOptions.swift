import ArgumentParser

struct ListeningOptions: ParsableArguments {
  @Option(help: "Port on 127.0.0.1; 0 for any free port.")
  var port = 0

  @Option(help: ArgumentHelp("Write the port to this file when ready.", valueName: "file"))
  var portFile: String?
}
