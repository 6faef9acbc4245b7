using System.CommandLine;
using Sarsen.Data.Sources;
using Sarsen.Data.Statistics;
using Sarsen.Data.Tables;
using Sarsen.Training.Spec;

namespace Sarsen.Commands;

/// <summary><c>sarsen data inspect</c>: what is in a file, column by column.</summary>
internal static class DataCommand
{
    public static Command Create() => new Verb("data", "Looks at data.", "sarsen data inspect customers.csv") { Inspect() };

    private static Command Inspect()
    {
        var path = new Argument<string>("path") { Description = "A .csv, .tsv or .jsonl file (also with .gz), or a spec, whose source is read." };
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        var command = new Verb("inspect", "Prints statistics of every column, and what of the data could not be read.",
            "sarsen data inspect customers.csv",
            "sarsen data inspect spec.yaml --json")
        {
            path, json,
        };
        command.SetAction((parsed, stop) =>
        {
            string given = parsed.GetValue(path)!;
            DataSource source = given.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || given.EndsWith(".yml", StringComparison.OrdinalIgnoreCase)
                ? RunSpec.Load(given).Data.Source
                : FileSource.Of(given);
            IRowSource rows = source.Open(new SourceContext());
            DataStatistics statistics = DataStatistics.Of(rows, stop);
            Console.Out.WriteLine(parsed.GetValue(json) ? statistics.ToJson() : statistics.ToString());
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
