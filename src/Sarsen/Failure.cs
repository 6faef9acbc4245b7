using Sarsen.Data;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Server;
using Sarsen.Server.Errors;
using Sarsen.Serving;
using Sarsen.Tensors;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen;

/// <summary>Turns what went wrong into a message and an exit code; what nobody foresaw keeps its stack trace.</summary>
internal static class Failure
{
    public static int Report(Exception e, TextWriter errors)
    {
        switch (e)
        {
            case SpecException spec:
                errors.WriteLine(spec.Message);
                return ExitCode.BadInput;
            case DataException or NetworkException or ModelFormatException or ShapeException or RunException or CommandException or ModelLoadException or RequestException or ServerStartException:
                errors.WriteLine($"sarsen: {e.Message}");
                return e is RunException or ServerStartException ? ExitCode.Failed : ExitCode.BadInput;
            case FileNotFoundException or DirectoryNotFoundException:
                errors.WriteLine($"sarsen: {e.Message}");
                return ExitCode.BadInput;
            case OperationCanceledException:
                errors.WriteLine("sarsen: interrupted");
                return ExitCode.Interrupted;
            case HttpRequestException { StatusCode: null }:
                errors.WriteLine($"sarsen: the server cannot be reached: {e.Message}; is sarsen serve running there?");
                return ExitCode.Failed;
            case IOException or UnauthorizedAccessException or InsufficientMemoryException or HttpRequestException:
                errors.WriteLine($"sarsen: {e.Message}");
                return ExitCode.Failed;
            default:
                errors.WriteLine($"sarsen: this should not have happened; please report it with the lines below\n{e}");
                return ExitCode.Failed;
        }
    }
}
