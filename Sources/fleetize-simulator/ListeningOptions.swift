import ArgumentParser

struct ListeningOptions: ParsableArguments {
  @Option(help: "Port on 127.0.0.1; 0 takes a free one.")
  var port = 0

  @Option(help: ArgumentHelp("Write the port that was taken to this file.", valueName: "file"))
  var portFile: String?
}
