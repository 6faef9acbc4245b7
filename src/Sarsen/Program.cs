using Sarsen;

using var notes = new EngineNotes();
return await CommandLine.RunAsync(args, Console.Error);
